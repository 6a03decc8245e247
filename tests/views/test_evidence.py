import time

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.gtin import check_digit
from shelfspace.data.pairs import Pairs
from shelfspace.data.synthetic import two_shops
from shelfspace.errors import PairsError
from shelfspace.views.evidence import contradictions, evidence, rows_of_pairs, same


def gtin_of(number: int) -> str:
    body = f"400{number:09d}"
    return body + check_digit(body)


def catalog_of(*rows: dict[str, str | None]) -> Catalog:
    """Products whose shop is "a" and whose id is their row unless they say otherwise."""
    names = ("shop", "brand", "mpn", "gtin", "item_group_id")
    table = pl.DataFrame(
        [{"shop": "a", **row} for row in rows], schema=dict.fromkeys(names, pl.String), orient="row"
    )
    return Catalog.from_table(table.with_columns(pl.int_range(pl.len()).cast(pl.String).alias("id")))


def found(catalog: Catalog, human: Pairs | None = None) -> list[tuple[int, int, str]]:
    pairs = evidence(catalog, human)
    left, right = rows_of_pairs(catalog, pairs)
    return list(zip(left.tolist(), right.tolist(), pairs.table["origin"].to_list(), strict=True))


def human_of(catalog: Catalog, *labels: tuple[int, int, int]) -> Pairs:
    keys = catalog.table.select("shop", "id").rows()
    named = [(*keys[left], *keys[right], label) for left, right, label in labels]
    schema = ["left_shop", "left_id", "right_shop", "right_id", "label"]
    return Pairs.from_table(pl.DataFrame(named, schema=schema, orient="row"))


def test_equal_gtin_within_and_across_shops() -> None:
    number, other = gtin_of(1), gtin_of(2)
    catalog = catalog_of(
        {"gtin": number}, {"gtin": other}, {"gtin": number}, {"shop": "b", "gtin": "0" + number}
    )
    assert found(catalog) == [(0, 2, "gtin"), (0, 3, "gtin"), (2, 3, "gtin")]


@pytest.mark.parametrize("number", ["4006381333932", "abc", "", None, "2000000000015", "0200000000011"])
def test_wrong_empty_and_in_store_numbers_give_nothing(number: str | None) -> None:
    catalog = catalog_of({"gtin": number}, {"shop": "b", "gtin": number})
    assert found(catalog) == []
    assert not contradictions(
        catalog_of({"gtin": number}, {"gtin": gtin_of(1)}), np.array([0]), np.array([1])
    ).any()


def test_a_number_on_many_rows_of_one_shop_is_distrusted() -> None:
    rows = [{"gtin": gtin_of(1), "brand": "x", "mpn": "AB12"}] * 4
    assert found(catalog_of(*rows, {"shop": "b", "gtin": gtin_of(1), "brand": "x", "mpn": "AB12"})) == []
    assert len(found(catalog_of(*rows[:3]))) == 3


def test_brand_and_mpn_in_any_spelling() -> None:
    catalog = catalog_of(
        {"brand": "Nestlé", "mpn": "KX-T5500b"},
        {"shop": "b", "brand": "NESTLE", "mpn": "kxt 5500B"},
        {"shop": "b", "brand": "Other", "mpn": "KXT5500B"},
    )
    assert found(catalog) == [(0, 1, "mpn")]


@pytest.mark.parametrize("mpn", ["A12", "black", "-", ""])
def test_short_or_wordy_part_numbers_say_nothing(mpn: str) -> None:
    assert found(catalog_of({"brand": "x", "mpn": mpn}, {"shop": "b", "brand": "x", "mpn": mpn})) == []


def test_a_missing_brand_is_read_from_a_long_unambiguous_number() -> None:
    left, right = {"brand": "x", "mpn": "KXT5500"}, {"shop": "b", "mpn": "kx-t5500"}
    assert found(catalog_of(left, right)) == [(0, 1, "mpn")]
    assert found(catalog_of(left, right, right)) == []  # twice in shop b
    assert found(catalog_of(left, right, {"shop": "c", "brand": "y", "mpn": "KXT5500"})) == []  # two brands
    assert found(catalog_of({"brand": "x", "mpn": "KX55"}, {"shop": "b", "mpn": "KX55"})) == []  # short


def test_an_equal_part_number_beside_two_gtins_is_no_evidence() -> None:
    catalog = catalog_of(
        {"brand": "x", "mpn": "KX55", "gtin": gtin_of(1)},
        {"shop": "b", "brand": "x", "mpn": "KX55", "gtin": gtin_of(2)},
        {"shop": "c", "brand": "x", "mpn": "KX55"},
    )
    assert found(catalog) == [(0, 2, "mpn"), (1, 2, "mpn")]
    assert contradictions(catalog, np.array([0, 0, 0]), np.array([1, 0, 2])).tolist() == [True, False, False]


def test_groups_stay_within_a_shop_and_are_not_the_same() -> None:
    catalog = catalog_of({"item_group_id": "1"}, {"item_group_id": "1"}, {"shop": "b", "item_group_id": "1"})
    pairs = evidence(catalog)
    assert found(catalog) == [(0, 1, "group")]
    assert pairs.table["weight"].to_list() == [0.25]
    assert len(same(pairs)) == 0


def test_a_large_group_is_a_star() -> None:
    catalog = catalog_of(*[{"item_group_id": "1"}] * 500)
    assert found(catalog) == [(0, other, "group") for other in range(1, 500)]


def test_a_human_beats_what_is_derived() -> None:
    catalog = catalog_of({"gtin": gtin_of(1)}, {"gtin": gtin_of(1)}, {"gtin": gtin_of(1)}, {"shop": "b"})
    pairs = evidence(catalog, human_of(catalog, (0, 3, 0), (1, 0, 0), (0, 3, 1)))
    left, right = rows_of_pairs(catalog, pairs)
    assert list(zip(left, right, pairs.table["label"], pairs.table["origin"], strict=True)) == [
        (0, 3, 1, "human"),  # the later word
        (1, 0, 0, "human"),
        (0, 2, 1, "gtin"),
        (1, 2, 1, "gtin"),
    ]
    assert len(same(pairs)) == 3


def test_human_pairs_outside_the_catalogue() -> None:
    small, large = catalog_of({}, {}), catalog_of({}, {}, {})
    human = human_of(large, (0, 1, 1), (0, 2, 1), (1, 1, 1))
    assert found(small, human) == [(0, 1, "human")]
    with pytest.raises(PairsError, match="None of the 1 labelled pairs"):
        evidence(small, human_of(large, (0, 2, 1)))
    assert len(evidence(small, human_of(large))) == 0


def test_an_empty_catalogue_gives_no_pairs() -> None:
    assert len(evidence(catalog_of())) == 0
    assert contradictions(catalog_of(), np.zeros(0, np.int64), np.zeros(0, np.int64)).shape == (0,)


def test_derived_pairs_agree_with_the_planted_truth() -> None:
    shops = two_shops(1500, seed=3)
    left = shops.left.select(shop=pl.lit("l"), id="sku", brand="manufacturer", gtin="ean", mpn="mpn")
    right = shops.right.select(shop=pl.lit("r"), id="product_id", brand="brand", gtin="gtin", mpn="modelno")
    pairs = same(evidence(Catalog.from_table(pl.concat([left, right])))).table
    across = pairs.filter((pl.col("left_shop") == "l") & (pl.col("right_shop") == "r"))
    true = across.join(shops.truth, on=["left_id", "right_id"], how="semi")
    assert across.height > 150
    assert true.height / across.height > 0.97


def test_cost_is_linear_in_rows() -> None:
    n = 50_000
    number = pl.int_range(n, eager=True) // 2
    table = pl.DataFrame(
        {
            "shop": ["a", "b"] * (n // 2),
            "id": pl.int_range(n, eager=True).cast(pl.String),
            "mpn": "AB" + number.cast(pl.String),
            "brand": ["Acme"] * n,
            "item_group_id": (number // 1000).cast(pl.String),
        }
    )
    start = time.process_time()
    pairs = evidence(Catalog.from_table(table))
    assert time.process_time() - start < 5
    assert pairs.table["origin"].value_counts().height == 2
    assert len(pairs) < 3 * n
