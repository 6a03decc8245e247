from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import many_shops
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.fit import fit
from shelfspace.tasks.map import catalog_map, draw_map


@pytest.fixture(scope="module")
def space() -> Space:
    shops = many_shops(60, 3, seed=4).drop("product")
    kinds = (
        pl.when(pl.int_range(pl.len()) % 2 == 0)
        .then(pl.lit("Home > Lamps"))
        .otherwise(pl.lit("Home > Sofas"))
    )
    return fit(read_catalog(shops.with_columns(kinds.alias("product_type"))), preset="fast")


def test_every_product_is_on_the_map_with_what_is_known_of_it(space):
    drawn = catalog_map(space, layout="closed")
    table = space.catalog.table
    assert drawn.ids[0] == f"{table['shop'][0]}/{table['id'][0]}"
    assert list(drawn.titles) == table["title"].to_list()
    assert drawn.places.shape == (len(space), 2)
    assert [field.name for field in drawn.fields][:2] == ["category", "shop"]
    priced = table["price"].is_not_null()
    assert [price is not None for price in drawn.prices] == priced.to_list()
    assert all("EUR" in price for price in drawn.prices if price)


def test_the_space_draws_itself(space, tmp_path):
    page = space.map(tmp_path / "map.html", colour="shop")
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(OptionError, match="category, shop"):
        draw_map(space, tmp_path / "map.html", colour="taste")


def test_an_empty_space_has_no_map(space):
    empty = space.catalog.take(np.zeros(0, np.int64))
    nothing = Space(Catalog(empty.table), space.encoder, np.zeros((0, space.dim), np.float32))
    assert isinstance(space.encoder, StaticTextEncoder)
    with pytest.raises(OptionError, match="empty"):
        catalog_map(nothing)
