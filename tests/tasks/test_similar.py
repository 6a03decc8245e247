from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.errors import CatalogError, OptionError
from shelfspace.space.space import Space

TITLES = [
    "Bose QuietComfort 45 headphones black",
    "Bose QuietComfort 45 headphones white",
    "Sony WH-1000XM4 headphones",
    "Makita cordless drill 18V",
    "Makita cordless drill 12V",
    "",
]


@pytest.fixture(scope="module")
def space() -> Space:
    table = pl.DataFrame(
        {
            "shop": ["east"] * 3 + ["west"] * 3,
            "id": ["b1", "b2", "s", "m1", "m2", "blank"],
            "title": TITLES,
            "brand": ["Bose", "Bose", "Sony", "Makita", "Makita", None],
            "price": [300.0, 290.0, 280.0, 150.0, 120.0, None],
        }
    )
    catalog = Catalog.from_table(table)
    listings = Listings.of_catalog(catalog)
    encoder = StaticTextEncoder.closed_form(fit_vocabulary(listings), dim=64)
    return Space(catalog, encoder, encoder.encode(listings))


def test_the_nearest_product_comes_first_and_never_itself(space):
    found = space.similar("east/b1", 3)
    assert found.columns == ["shop", "id", "title", "brand", "price", "score"]
    assert found["id"][0] == "b2"
    assert "b1" not in found["id"].to_list()
    assert found["score"].is_sorted(descending=True)
    assert space.similar("m2", 1)["id"].to_list() == ["m1"]


def test_scores_are_cosines(space):
    found = space.similar("b1", 5)
    rows = [space.row(reference) for reference in found["id"]]
    np.testing.assert_allclose(found["score"], space.vectors[rows] @ space.vectors[0], atol=1e-6)


def test_no_more_products_than_there_are(space):
    assert space.similar("b1", 50).height == 5


def test_a_product_without_text_is_like_no_other(space):
    found = space.similar("blank")
    assert found.height == 0
    assert found.columns == ["shop", "id", "title", "brand", "price", "score"]


def test_unknown_products_and_k_are_refused(space):
    with pytest.raises(CatalogError, match="Did you mean 'blank'"):
        space.similar("blanc")
    with pytest.raises(OptionError, match="k is 0"):
        space.similar("b1", 0)
