from __future__ import annotations

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.shoppers.traits import Traits


def traits_of(**columns: list[object]) -> Traits:
    n = len(next(iter(columns.values())))
    keys = {"shop": ["s"] * n, "id": [str(i) for i in range(n)]}
    return Traits.of_catalog(Catalog.from_table(pl.DataFrame({**keys, **columns}, strict=False)))


def of_row(traits: Traits, row: int) -> set[tuple[str, str]]:
    return {traits.table.row(trait) for trait in traits.matrix[[row]].indices}


def test_a_path_counts_for_each_of_its_levels() -> None:
    traits = traits_of(product_type=["Tools > Drills", "Tools>Saws", "Tools", None])
    assert of_row(traits, 0) == {("category", "Tools"), ("category", "Tools > Drills")}
    assert of_row(traits, 1) == {("category", "Tools"), ("category", "Tools > Saws")}
    assert of_row(traits, 2) == {("category", "Tools")}
    assert of_row(traits, 3) == set()


def test_words_are_those_that_category_and_brand_do_not_say() -> None:
    titles = ["Bosch Drill brushless", "Makita drill BRUSHLESS kit", "Saw kit 12 V", "Saw"]
    traits = traits_of(
        title=titles, brand=["Bosch", None, None, None], product_type=["Drills > Drill", None, None, None]
    )
    words = [{value for kind, value in of_row(traits, row) if kind == "word"} for row in range(4)]
    assert words == [{"brushless"}, {"brushless", "kit"}, {"saw", "kit"}, {"saw"}]


def test_prices_are_told_by_quarters_of_the_usual_currency() -> None:
    traits = traits_of(price=[1.0, 2.0, 3.0, 4.0, 5.0, 100.0], currency=["EUR"] * 5 + ["JPY"])
    prices = [next(iter(of_row(traits, row)), ("", ""))[1] for row in range(6)]
    assert [price.split(" (")[0] for price in prices] == [
        *("lowest quarter", "second quarter", "third quarter", "highest quarter", "highest quarter", "")
    ]
    assert prices[3] == "highest quarter (from 4.00 EUR)"


def test_brand_and_color_are_traits_as_they_stand() -> None:
    traits = traits_of(brand=["Kosamix", " "], color=["red", None])
    assert of_row(traits, 0) == {("brand", "Kosamix"), ("color", "red")}
    assert of_row(traits, 1) == set()


def test_bare_products_and_no_products_have_no_traits() -> None:
    bare = traits_of(title=[None, None])
    assert (len(bare), bare.matrix.shape) == (0, (2, 0))
    assert traits_of(title=[]).matrix.shape == (0, 0)
