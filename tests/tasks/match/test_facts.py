from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import normalise
from shelfspace.tasks.match.facts import Facts, codes_of, measures_of, numbers_of, squashed


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Sony KX-T5500B", {"kxt5500b", "t5500b"}),
        ("wh-1000xm4/b", {"wh1000xm4b", "1000xm4"}),
        ("wh1000xm4", {"wh1000xm4"}),
        ("12345 and 2024", {"12345", "2024"}),
        ("250 gb, 19 in", set()),
        ("12-34-56", {"123456"}),
        ("a1 4k usb", set()),
        ("usb-c mp3", {"mp3"}),
        ("", set()),
        ("索尼 WH-1000XM4 耳机", {"wh1000xm4", "1000xm4"}),
        ("索尼WH1000XM4耳机", {"wh1000xm4"}),
        ("佳能EOS-5D单反", {"eos5d"}),
        ("ソニーＷＨ－１０００ＸＭ４ヘッドホン", {"wh1000xm4", "1000xm4"}),
        ("第3代 500克", set()),
    ],
)
def test_codes(text, codes):
    assert codes_of(normalise(text)) == codes


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2.5 m and 1,5 l", {2.5, 1.5}),
        ("series iii, wh1000 x6", {1000, 6}),
        ("volume iii", {3}),
        ("windows xi x v i", {11}),
        ("第3代 500克", {3, 500}),
        ("５００ml", {500}),
        ("none", set()),
    ],
)
def test_numbers(text, numbers):
    assert numbers_of(normalise(text)) == numbers


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("500 g", {("g", 500)}),
        ("0.5kg", {("g", 500)}),
        ("500克", {("g", 500)}),
        ("1.5升", {("ml", 1500)}),
        ("250毫升 6瓶", {("ml", 250), ("piece", 6)}),
        ("6x330ml", {("piece", 6), ("ml", 330), ("ml", 1980)}),
        ("1234.5 g", {("g", 1230)}),
        ("19 inch", {("mm", 483)}),
        ("１２Ｖ", {("v", 12)}),
        ("kx-500g", set()),
        ("无", set()),
    ],
)
def test_measures_are_in_base_units_with_three_digits(text, measures):
    assert measures_of(normalise(text)) == measures


def test_squashed_leaves_letters_and_digits():
    assert squashed("kx-t55 / b_2 无,线") == "kxt55b2无线"


TABLE = pl.DataFrame(
    {
        "shop": ["a", "a", "b", "b"],
        "id": ["1", "2", "1", "2"],
        "title": ["Sony WH-1000XM4", "Bose QC45", "Headphones WH-1000XM4 30 h", None],
        "brand": ["SONY", None, "Sony Électronique", None],
        "mpn": ["WH-1000 XM4/B", None, None, "x-1"],
        "price": [280.0, None, 300.0, None],
        "description": ["black, 254 g", "QC45", None, None],
        "color": ["Black", None, "Noir", None],
        "gtin": ["00017817835022", None, None, None],
    }
)


@pytest.fixture(scope="module")
def facts():
    catalog = Catalog.from_table(TABLE)
    return Facts.of(catalog, Listings.of_catalog(catalog), np.array([2, 0, 2, 1]))


def test_facts_stand_where_place_says(facts):
    assert facts.place.tolist() == [0, 1, 2, -1]
    assert facts.brands == ["sony", "", "sony electronique"]
    assert facts.colors == ["black", "", "noir"]
    assert facts.mpns == ["wh1000xm4b", "", ""]
    assert facts.gtins == ["00017817835022", "", ""]
    np.testing.assert_array_equal(facts.prices, [280, np.nan, 300])


def test_names_and_everything_are_told_apart(facts):
    assert ("g", 254.0) in facts.measures[0]
    assert 254.0 in facts.all_numbers[0] - facts.numbers[0]
    assert facts.squashed[0].startswith(facts.squashed_names[0])
    assert facts.squashed[0].endswith("black254gblack")


def test_a_rare_code_weighs_more(facts):
    assert facts.code_idf["wh1000xm4"] == pytest.approx(math.log1p(3 / 2))
    assert facts.code_idf["qc45"] == pytest.approx(math.log1p(3 / 1))


def test_every_code_has_a_weight(planted, desk):
    told = desk.features.facts
    everywhere = set().union(*told.codes, *told.all_codes)
    assert everywhere == set(told.code_idf)
    assert min(told.code_idf.values()) > 0
