import numpy as np
import polars as pl
import pytest

from shelfspace.tasks.search.compared import compared, margins
from shelfspace.tasks.search.signals import reader_of


@pytest.fixture(scope="module")
def space(make_space):
    titles = ["acme drill kx500 500 w", "acme drill kx700 700 w", "bolt hammer", "zest lamp 40 cm"]
    return make_space(pl.DataFrame({"shop": "s", "id": list("abcd"), "title": titles}))


def test_a_query_is_compared_with_each_product_as_match_would(space):
    vocabulary = reader_of(space).letters.vocabulary
    texts = ["acme kx500", "hammer"]
    columns = compared(space.catalog, vocabulary, texts, np.array([[0, 1, -1], [2, 3, 0]]))
    assert columns and all(column.shape == (6,) for column in columns.values())
    assert all(np.isfinite(column).all() or np.isnan(column).any() for column in columns.values())
    assert all(column[2] == 0 for column in columns.values())  # no product, nothing to tell
    apart = [name for name, column in columns.items() if column[0] != column[1]]
    assert any("code" in name for name in apart)
    assert not {"brand", "price ratio"} & set(columns)


def test_what_is_told_of_a_pair_does_not_depend_on_the_company(space):
    vocabulary = reader_of(space).letters.vocabulary
    together = compared(space.catalog, vocabulary, ["acme kx500", "hammer"], np.array([[0, 1], [2, 3]]))
    alone = compared(space.catalog, vocabulary, ["hammer"], np.array([[2, 3]]))
    for name, column in alone.items():
        np.testing.assert_allclose(together[name][2:], column, atol=1e-6, err_msg=name)


def test_margins_over_the_best_rival():
    scores = np.array([[3.0, 5.0, 1.0], [2.0, 2.0, -np.inf]], np.float32)
    assert margins(scores).tolist() == [[-2, 2, -4], [0, 0, -np.inf]]
    assert margins(np.array([[4.0], [-np.inf]], np.float32)).ravel().tolist() == [0, -np.inf]
    assert margins(np.zeros((0, 3), np.float32)).shape == (0, 3)
