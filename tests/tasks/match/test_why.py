from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.tasks.match.facts import Facts
from shelfspace.tasks.match.why import reasons


def told(left, right):
    table = pl.DataFrame([{"shop": "a", "id": "1", **left}, {"shop": "b", "id": "1", **right}])
    catalog = Catalog.from_table(table)
    facts = Facts.of(catalog, Listings.of_catalog(catalog), np.array([0, 1]))
    return reasons(catalog, facts, 0, 1)


def test_the_most_telling_comes_first():
    both = {"title": "Sony WH-1000XM4 headphones 254 g", "brand": "Sony", "gtin": "00017817835022"}
    left = {**both, "mpn": "WH1000XM4B", "color": "Black", "size": "M", "price": 100.0}
    right = {**both, "mpn": "wh-1000xm4/b", "color": "black", "size": "L", "price": 103.0}
    assert told(left, right) == [
        "same GTIN 17817835022",
        "same code WH1000XM4B",
        "same part number wh1000xm4b",
        "same brand sony",
        "same 254 g",
        "same color black",
        "size differs: m ≠ l",
        "5 of 6 words in both",
        "price agrees (+3%)",
    ]


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        ({"gtin": "00017817835022"}, {"gtin": "00012345678905"}, "GTIN differs: 17817835022 ≠ 12345678905"),
        ({"title": "Bose QC35"}, {"title": "Bose QC45"}, "code differs: QC35 ≠ QC45"),
        ({"title": "qc45 qc35 a22b"}, {"title": "xb12 zz99"}, "code differs: A22B ≠ XB12"),
        ({"brand": "Bose"}, {"brand": "Bose Corp"}, "same brand bose"),
        ({"brand": "Bose"}, {"brand": "Sony"}, "brand differs: bose ≠ sony"),
        ({"brand": "Bose"}, {"title": "BOSE speaker"}, "brand bose named in both"),
        ({"title": "tea 500g"}, {"title": "tea 0.5 kg"}, "same 500g = 0.5 kg"),
        ({"title": "tea 500g"}, {"title": "tea 250 g"}, "measure differs: 500g ≠ 250 g"),
        ({"title": "pack of 6"}, {"title": "pack of 6"}, "same pack of 6"),
        ({"title": "茶叶500克"}, {"title": "茶 500 g"}, "same 500克 = 500 g"),
        ({"title": "red shoe"}, {"title": "blue shoe now"}, "1 of 2 words in both"),
        ({"title": "red"}, {"title": "blue"}, "no word in both"),
        ({"price": 100.0}, {"price": 150.0}, "price +50%"),
        ({"price": 100.0}, {"price": 96.0}, "price agrees (-4%)"),
        (
            {"price": 100.0, "currency": "EUR"},
            {"price": 100.0, "currency": None},
            "price agrees (+0%)",
        ),
    ],
)
def test_wording(left, right, reason):
    assert reason in told(left, right)


@pytest.mark.parametrize(
    ("left", "right", "word"),
    [
        ({"gtin": "00017817835022"}, {}, "GTIN"),
        ({"mpn": "ABC-1234"}, {"mpn": "XYZ-9876"}, "part number"),
        ({"brand": "Bose"}, {"title": "speaker"}, "brand"),
        ({"color": "red"}, {}, "color"),
        ({"price": 10.0}, {"price": 0.0}, "price"),
        ({"price": 10.0}, {}, "price"),
        ({"price": 10.0, "currency": "EUR"}, {"price": 1600.0, "currency": "JPY"}, "price"),
        ({"title": "tea 500 g"}, {"title": "tea 2 m"}, "measure"),
        ({"title": "Bose QC35"}, {"title": "Bose"}, "code"),
    ],
)
def test_what_one_side_does_not_say_is_no_reason(left, right, word):
    assert not any(word in reason for reason in told(left, right))


def test_two_listings_that_say_nothing():
    assert told({"title": None}, {"title": None}) == ["no word in both"]


def test_codes_of_one_length_have_an_order_of_their_own():
    """Sets of text come in another order in every process."""
    codes = [f"{a}{b}45" for a in "qwe" for b in "rty"]
    found = told({"title": " ".join(codes)}, {"title": " ".join(codes[::-1])})
    assert found[:2] == ["same code ER45", "same code ET45"]
