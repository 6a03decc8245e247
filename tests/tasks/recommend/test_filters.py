from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.recommend.filters import in_stock

THERE = [
    "in stock",
    "In Stock",
    "https://schema.org/InStock",
    "in_stock",
    "preorder",
    "yes",
    "12",
    "10",
    None,
    "?",
]
GONE = ["out of stock", "Out-Of-Stock", "out_of_stock", "OutOfStock", "http://schema.org/SoldOut", "0", "0.0"]
GONE += [
    "no",
    "FALSE",
    "Discontinued",
    "ausverkauft",
    "Nicht verfügbar",
    "en rupture de stock",
    "agotado",
    "缺货",
    "在庫切れ",
]


def catalog_of(availability: list[str | None]) -> Catalog:
    n = len(availability)
    table = {"shop": ["s"] * n, "id": [str(i) for i in range(n)], "availability": availability}
    return Catalog.from_table(pl.DataFrame(table, schema_overrides={"availability": pl.String}))


@pytest.mark.parametrize("said", THERE)
def test_what_may_be_had_is_in_stock(said: str | None) -> None:
    assert in_stock(catalog_of([said])).tolist() == [True]


@pytest.mark.parametrize("said", GONE)
def test_what_is_gone_is_not(said: str) -> None:
    assert in_stock(catalog_of([said])).tolist() == [False]


def test_an_empty_catalogue_has_nothing_in_stock() -> None:
    assert in_stock(catalog_of([])).tolist() == []
    assert in_stock(catalog_of([])).dtype == np.bool_
