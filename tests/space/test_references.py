from __future__ import annotations

import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import CatalogError
from shelfspace.space.references import References


@pytest.fixture
def references() -> References:
    keys = [("east", "1"), ("west", "1"), ("east", "sku-77"), ("a", "b/c"), ("a/b", "c"), ("x", "y/z")]
    return References.of_catalog(Catalog.from_table(pl.DataFrame(keys, schema=["shop", "id"], orient="row")))


def test_a_key_or_an_id_of_one_shop_names_a_product(references):
    assert references.row("west/1") == 1
    assert references.row("sku-77") == 2
    assert references.row("x/y/z") == references.row("y/z") == 5


def test_an_id_of_several_shops_lists_them(references):
    with pytest.raises(CatalogError, match="used 2 times: 'east/1', 'west/1'"):
        references.row("1")


def test_keys_that_read_alike_are_told_apart_by_no_one(references):
    with pytest.raises(CatalogError, match="used 2 times"):
        references.row("a/b/c")


def test_an_unknown_product_brings_what_looks_alike(references):
    with pytest.raises(CatalogError, match="Did you mean 'sku-77'"):
        references.row("sku-78")
    with pytest.raises(CatalogError, match="Did you mean 'east/sku-77'"):
        references.row("east/sku-7")
    with pytest.raises(CatalogError, match="search for the title"):
        references.row("ÖÖÖÖÖ")
