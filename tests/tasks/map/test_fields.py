from __future__ import annotations

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.map.fields import anomaly_field, category_field, leaf_names, shop_field


def catalog_of(categories: list[str | None], shops: list[str] | None = None) -> Catalog:
    n = len(categories)
    table = pl.DataFrame(
        {
            "shop": shops or ["s"] * n,
            "id": [str(i) for i in range(n)],
            "product_type": pl.Series(categories, dtype=pl.String),
        }
    )
    return Catalog.from_table(table)


def told(field):
    """The group's name of each product."""
    return [field.groups[field.group_of[code]] for code in field.codes]


def test_categories_are_as_deep_as_the_colours_reach():
    few = category_field(catalog_of(["Home >  Lamps", "Home > Sofas", "Home>Sofas", None]))
    assert told(few) == ["Lamps", "Sofas", "Sofas", "no category"]
    assert few.named and few.quiet == [False, False, True]
    assert few.values == ["", "Home > Lamps", "Home > Sofas"]
    many = category_field(catalog_of([f"{'Home' if i % 2 else 'Garden'} > kind {i}" for i in range(200)]))
    assert set(told(many)) == {"Home", "Garden"}


def test_small_groups_are_grey_together():
    rare = [f"rare {i}" for i in range(10)]
    field = category_field(catalog_of([f"kind {i % 20}" for i in range(100)] + rare))
    assert set(told(field)[100:]) == {"other categories"}
    assert field.quiet == [False] * 20 + [True] and len(field.groups) == 21


def test_no_category_no_field():
    assert category_field(catalog_of([None, " ", ">"])) is None


def test_ends_that_are_alike_are_told_apart():
    assert leaf_names(["Men > Shoes", "Women > Shoes", "Bags"]) == ["Men > Shoes", "Women > Shoes", "Bags"]


def test_shops_have_their_own_names_whatever_stands_in_them():
    field = shop_field(catalog_of(["a"] * 3, ["b > c", "b > c", "a"]))
    assert told(field)[2] == "a" and told(field)[0] == told(field)[1]
    assert field.values == ["a", "b > c"] and not field.named


def test_what_looks_wrong_has_colours_and_the_rest_is_grey():
    catalog = catalog_of([None] * 4)
    found = pl.DataFrame(
        {"shop": ["s"] * 3, "id": ["1", "1", "3"], "anomaly": ["price", "wrong brand", "wrong brand"]}
    )
    field = anomaly_field(catalog, found)
    assert told(field) == ["no anomaly", "price", "no anomaly", "wrong brand"]
    assert [field.quiet[field.groups.index(name)] for name in ("no anomaly", "price")] == [True, False]
    assert anomaly_field(catalog, found.head(0)) is None
