import polars as pl
import pytest

from shelfspace.data import Catalog, read_queries
from shelfspace.tasks.search.logged import judged_of_log

CATALOG = Catalog.from_table(
    pl.DataFrame({"shop": ["a", "a", "b"], "id": ["1", "2", "1"], "title": ["lamp", "desk", "lamp"]})
)


def judged(rows):
    return judged_of_log(CATALOG, read_queries(pl.DataFrame(rows)))


def test_queries_are_put_together_and_products_weighed():
    found = judged(
        [
            {"query": "Desk ", "id": "2", "event": "click"},
            {"query": "desk", "id": "2", "event": "buy"},
            {"query": "desk", "shop": "b", "id": "1", "event": "cart"},
        ]
    )
    assert found.texts == ["desk"]
    assert found.items.tolist() == [1, 2]
    assert found.weights.tolist() == [1.0, 0.5]  # a click and a purchase beside something put into a cart


def test_a_click_far_down_counts_more():
    found = judged(
        [
            {"query": "q", "shop": "a", "id": "1", "position": "1"},
            {"query": "q", "shop": "a", "id": "2", "position": "4"},
        ]
    )
    assert found.weights.tolist() == [0.25, 1.0]


def test_what_is_not_known_or_was_only_shown_teaches_nothing():
    found = judged(
        [
            {"query": "q", "shop": "a", "id": "9", "event": "click"},
            {"query": "q", "shop": None, "id": "1", "event": "click"},  # two shops have it
            {"query": "q", "shop": "a", "id": "1", "event": "impression"},
        ]
    )
    assert len(found) == 0


@pytest.mark.parametrize("position", ["0", "x", ""])
def test_what_is_no_place_counts_as_the_first(position):
    assert judged([{"query": "q", "shop": "a", "id": "1", "position": position}]).weights.tolist() == [1.0]
