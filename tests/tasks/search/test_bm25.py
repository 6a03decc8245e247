import numpy as np
import pytest

from shelfspace.encoders.listing import Listings
from shelfspace.tasks.search.bm25 import Bm25


@pytest.fixture
def words():
    return Bm25.of_listings(Listings(["red lamp", "blue lamp", "lamps of many kinds"], ["", "red shade", ""]))


def test_a_listing_covers_the_share_of_a_query_that_it_holds(words):
    every = np.arange(3)
    assert words.covered("red lamps", every) == pytest.approx([1, 1, 0.2], abs=0.1)
    assert words.covered("red red lamp", every) == pytest.approx(words.covered("red lamp", every))
    assert (words.covered("zeppelin", every) == 0).all()
    assert words.covered("", every).tolist() == [0, 0, 0]
    assert words.covered("red", np.array([2, 0])).tolist() == [0, 1]


def test_a_word_that_nobody_has_leaves_the_cover_partial(words):
    assert 0 < words.covered("red zeppelin", np.array([0]))[0] < 1


def test_a_name_counts_more_than_details(words):
    red = words.scores("red")
    assert red[0] > red[1] > red[2] == 0
    assert [rows.tolist() for rows in words.rows_with("red lamp", named=True)] == [[0], [0, 1, 2]]
    assert [rows.tolist() for rows in words.rows_with("red lamp", named=False)] == [[0, 1], [0, 1, 2]]
