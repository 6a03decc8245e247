import numpy as np
import polars as pl
import pytest

from shelfspace.data import read_queries
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.search.ranking import ARTIFACT, ranking_of
from shelfspace.tasks.search.taught import with_search


@pytest.fixture(scope="module")
def log(shelf):
    """Clicks of shoppers who name colours in their own words, with something to tell queries apart by."""
    rng = np.random.default_rng(0)
    said = ["", "new ", "cheap "]
    rows = []
    for row in shelf.sample(fraction=1, shuffle=True, seed=0).head(600).rows(named=True):
        query = f"{rng.choice(said)}{row['colour']} {row['kind']}"
        rows.append({"query": query, "product id": row["id"], "rank": str(rng.integers(1, 5))})
    return read_queries(pl.DataFrame(rows))


@pytest.fixture
def bare(shelf_space):
    return Space(shelf_space.catalog, shelf_space.encoder, shelf_space.vectors)


def test_a_log_teaches_what_shoppers_call_things(bare, log, shelf):
    before = bare.search("red lamp", 10)["id"].to_list()
    space = with_search(bare, log)
    assert space.figures["search_queries"] > 40
    red = set(shelf.filter((pl.col("kind") == "lamp") & (pl.col("colour") == "red"))["id"])
    found = space.search("red lamp", 10)
    assert len(red & set(found["id"].to_list())) >= 9 > len(red & set(before))


def test_without_a_log_the_listings_teach(bare):
    space = with_search(bare)
    assert ARTIFACT in space.artifacts
    assert "search_queries" not in space.figures
    assert ranking_of(space).stages == ()
    assert space.search("corvo crimson helmte", 5)["title"].str.contains("crimson helmet").all()


def test_few_products_teach_nothing(shelf, make_space):
    space = with_search(make_space(shelf.head(50).drop("kind", "colour")))
    assert space.artifacts == {}
    assert space.search("lamp", 3).height == 3


def test_a_log_of_other_products_is_refused(bare):
    with pytest.raises(OptionError, match="None of the 1 rows"):
        with_search(bare, read_queries(pl.DataFrame({"query": ["red"], "id": ["unknown"]})))


def test_a_short_log_leaves_it_to_the_listings(bare):
    rows = {"query": ["red lamp", "blue lamp", "red chair"], "id": ["p0", "p1", "p2"]}
    space = with_search(bare, read_queries(pl.DataFrame(rows)))
    assert "search_queries" not in space.figures
