from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.anomalies.stated import key_of, stated_suspicions

KINDS = {"lamp": "Home > Lamps", "sofa": "Home > Sofas", "desk": "Office > Desks", "跑鞋": "Shoes"}
BRANDS = ("Velora GmbH", "Kantir", "Ombrosa")
COLOURS = ("red", "green", "blue")


def shelf(n: int = 400, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        noun, brand, colour = rng.choice(list(KINDS)), rng.choice(BRANDS), rng.choice(COLOURS)
        title = f"{brand.split()[0]} {colour} {noun} model {i}"
        rows.append(
            {
                "shop": "s",
                "id": str(i),
                "title": title,
                "product_type": KINDS[noun],
                "brand": brand,
                "color": colour,
            }
        )
    return pl.DataFrame(rows)


def spoilt(table: pl.DataFrame, cells: dict[tuple[int, str], str | None]) -> Catalog:
    for (row, column), value in cells.items():
        column_now = table[column].to_list()
        column_now[row] = value
        table = table.with_columns(pl.Series(column, column_now, dtype=pl.String))
    return Catalog.from_table(table)


def other(values, value):
    return next(one for one in values if one != value)


def found(catalog: Catalog, share: float = 0.01) -> list[tuple[int, str, str | None]]:
    return [(one.row, one.anomaly, one.suggested) for one in stated_suspicions(catalog, false_alarms=share)]


def test_planted_errors_are_found_and_mended_and_nothing_else():
    table = shelf()
    row = table.row(7, named=True)
    cells = {
        (3, "product_type"): other(KINDS.values(), table["product_type"][3]),
        (5, "brand"): other(BRANDS, table["brand"][5]),
        (7, "color"): other(COLOURS, row["color"]),
        (9, "product_type"): None,
        (11, "brand"): None,
    }
    catalog = spoilt(table, cells)
    assert set(found(catalog)) == {
        (3, "wrong category", table["product_type"][3]),
        (5, "wrong brand", table["brand"][5]),
        (7, "wrong color", row["color"]),
        (9, "missing category", table["product_type"][9]),
        (11, "missing brand", table["brand"][11]),
    }
    told = {one.row: one for one in stated_suspicions(catalog, false_alarms=0.01)}
    assert table["title"][3].split()[2] in told[3].why
    assert told[3].value == catalog.table["product_type"][3] and 0 < (told[3].p_value or 0) <= 0.01


def test_a_right_shelf_is_left_alone():
    assert found(Catalog.from_table(shelf())) == []


def test_each_shop_has_names_of_its_own():
    north, south = (
        shelf(),
        shelf(seed=1).with_columns(
            shop=pl.lit("t"), product_type=pl.lit("Alles > ") + pl.col("product_type")
        ),
    )
    assert found(Catalog.from_table(pl.concat([north, south]))) == []


def test_the_way_a_maker_is_written_is_no_error():
    table = shelf().with_columns(
        brand=pl.when(pl.int_range(pl.len()) % 2 == 0)
        .then(pl.col("brand").str.to_uppercase())
        .otherwise("brand")
    )
    assert found(Catalog.from_table(table)) == []
    assert key_of("VELORA GmbH") == key_of("velora") == "velora"
    assert key_of("GmbH") == "gmbh"


def test_what_a_shop_rarely_states_is_not_missed():
    table = shelf().with_columns(brand=pl.when(pl.int_range(pl.len()) % 4 == 0).then("brand"))
    assert not [one for one in found(Catalog.from_table(table)) if "brand" in one[1]]


@pytest.mark.parametrize("n", [0, 1, 30])
def test_small_shelves_and_empty_ones_are_not_judged(n):
    assert found(Catalog.from_table(shelf(40).head(n))) == []


def test_one_value_for_all_and_no_titles_are_borne():
    table = shelf().with_columns(product_type=pl.lit("Home"), title=pl.lit(None, pl.String))
    assert found(Catalog.from_table(table)) == []
