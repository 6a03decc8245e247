from __future__ import annotations

import polars as pl
import pytest

from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import many_shops
from shelfspace.errors import OptionError


def test_the_same_arguments_give_the_same_offers() -> None:
    assert many_shops(60, 5, seed=2).equals(many_shops(60, 5, seed=2))
    assert not many_shops(60, 5, seed=2).equals(many_shops(60, 5, seed=3))


@pytest.mark.parametrize("spread", [True, False])
def test_products_have_about_as_many_offers_as_asked_for(spread: bool) -> None:
    table = many_shops(400, 30, offers=4, spread=spread, seed=1)
    counts = table.group_by("product").len()["len"]
    assert counts.len() == 400
    assert abs(float(counts.mean() or 0) - 4) < 0.5
    assert not table.select("shop", "product").is_duplicated().any()
    assert (counts == 1).any() == spread


def test_a_reader_takes_it_as_it_is() -> None:
    table = many_shops(80, 6, seed=0)
    catalog = read_catalog(table)
    assert len(catalog) == table.height
    filled = table.select(pl.col("shop"), pl.all().exclude("shop", "id", "title", "product").is_not_null())
    titled = filled.group_by("shop").agg(pl.all().any()).select(pl.any_horizontal(pl.all().exclude("shop")))
    assert 0 < int(titled.to_series().sum()) < 6, "some shops give bare titles, some more"


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(OptionError, match="1 or more"):
        many_shops(0, 3)
