from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.filters import eligible_items, in_stock

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


def catalog_of(availability: list[str | None], **columns: list[object]) -> Catalog:
    n = len(availability)
    table = {"shop": ["s"] * n, "id": [str(i) for i in range(n)], "availability": availability, **columns}
    return Catalog.from_table(pl.DataFrame(table, schema_overrides={"availability": pl.String}))


@pytest.mark.parametrize("said", THERE)
def test_what_may_be_had_is_in_stock(said: str | None) -> None:
    assert in_stock(catalog_of([said])).tolist() == [True]


@pytest.mark.parametrize("said", GONE)
def test_what_is_gone_is_not(said: str) -> None:
    assert in_stock(catalog_of([said])).tolist() == [False]


def test_filter_and_stock_must_both_hold() -> None:
    catalog = catalog_of(["in stock", "sold out", "in stock", None], price=[5.0, 5.0, 50.0, None])
    assert eligible_items(catalog).tolist() == [True, False, True, True]
    assert eligible_items(catalog, where="price < 10").tolist() == [True, False, False, False]
    assert eligible_items(catalog, where="price < 10", available=False).tolist() == [True, True, False, False]
    assert eligible_items(catalog, available=False).all()


def test_a_wrong_filter_is_refused_with_the_columns() -> None:
    with pytest.raises(OptionError, match="colour"):
        eligible_items(catalog_of(["x"]), where="colour = 'red'")


def test_an_empty_catalogue_has_nothing_eligible() -> None:
    assert eligible_items(catalog_of([]), where="price < 1").tolist() == []
    assert np.asarray(in_stock(catalog_of([]))).dtype == np.bool_
