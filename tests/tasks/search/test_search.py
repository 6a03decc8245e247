from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import normalise
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.search.bm25 import Bm25

PRODUCTS = [
    ("b1", "Bose QuietComfort 45 headphones", "00017817835022", "866724-0100", 300.0, "over ear"),
    ("b2", "Bose SoundLink speaker", None, None, 120.0, "portable speaker"),
    ("s1", "Sony WH-1000XM4 headphones", None, "WH1000XM4B", 280.0, "noise cancelling"),
    ("s2", "Sony WH-1000XM5 headphones", None, None, 350.0, "follows the WH-1000XM4"),
    ("m1", "Makita cordless drill 18V", None, "DDF484", 150.0, "brushless"),
    ("j1", "ソニー ワイヤレスヘッドホン", None, None, 200.0, None),
    ("jump", "Jump starter 12V battery", None, None, 80.0, None),
    ("none", "", None, None, None, None),
    *[(f"f{i}", f"USB cable {i} m", None, None, 5.0 + i, "cable") for i in range(60)],
]


@pytest.fixture(scope="module")
def space() -> Space:
    columns = ["id", "title", "gtin", "mpn", "price", "description"]
    table = pl.DataFrame(PRODUCTS, schema=columns, orient="row").with_columns(shop=pl.lit("shop"))
    catalog = Catalog.from_table(table)
    listings = Listings.of_catalog(catalog)
    encoder = StaticTextEncoder.closed_form(fit_vocabulary(listings), dim=64)
    return Space(catalog, encoder, encoder.encode(listings))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("bose headphones", "b1"),
        ("Bose speaker", "b2"),
        ("SONY wh 1000xm5", "s2"),
        ("WH-1000XM4", "s1"),
        ("wh1000xm4", "s1"),
        ("sony ヘッドホン", "j1"),
        ("ワイヤレスヘッドホン", "j1"),
        ("jumpstarter", "jump"),
        ("drill", "m1"),
        ("ddf 484", "m1"),
        ("17817835022", "b1"),
        ("0017-8178-35022", "b1"),
        ("8667240100", "b1"),
        ("S2", "s2"),
    ],
)
def test_the_fitting_product_comes_first(space, query, first):
    assert space.search(query, 3)["id"][0] == first


def test_answers_are_ranked_and_shaped(space):
    found = space.search("headphones", 3)
    assert found.columns == ["shop", "id", "title", "brand", "price", "score"]
    assert set(found["id"]) == {"b1", "s1", "s2"}
    assert found["score"].is_sorted(descending=True)
    assert found["score"].is_between(0, 1).all()


def test_a_code_in_the_name_counts_one_more_and_an_identifier_two(space):
    assert 1 < space.search("sony wh-1000xm4", 1)["score"][0] <= 2
    assert space.search("m1", 1)["score"][0] >= 2
    assert space.search("wh-1000xm4", 2)["score"][1] < 1  # s2 names that code in its details only


def test_a_filter_still_finds_k(space):
    found = space.search("bose headphones", 10, where="price < 30 and title like 'USB%'")
    assert (found["price"] < 30).all()
    assert space.search("cable", 10, where="price < 30").height == 10
    assert space.search("cable 7", 10, where="price > 1000").height == 0


def test_what_shares_nothing_is_left_out(space):
    assert "none" not in space.search("bose headphones", 100)["id"].to_list()
    assert space.search("!!!").height == 0


def test_what_is_no_search_is_refused(space):
    for ask, reason in [
        (lambda: space.search("  "), "blank"),
        (lambda: space.search("x", 0), "k is 0"),
        (lambda: space.search("x", where="price < 5; drop table x"), "filter"),
    ]:
        with pytest.raises(OptionError, match=reason):
            ask()


def test_an_empty_space_finds_nothing(space):
    empty = Space(Catalog.concat([]), space.encoder, np.zeros((0, 64), np.float32))
    assert empty.search("bose").height == 0


def test_bm25_is_the_formula():
    """Against the sum written out, on texts whose words have no neighbours in common."""
    texts = ["red shoe", "red red hat today", "blue coat", "shoe"]
    words = [text.split() for text in texts]
    mean = sum(2 * len(each) - 1 for each in words) / len(words)  # joined neighbours are terms too
    found = Bm25.of_listings(Listings.of_texts(texts)).scores(normalise("red shoe"))

    def idf(term):
        df = sum(term in each for each in words)
        return math.log(1 + (len(words) - df + 0.5) / (df + 0.5))

    def weight(tf, each):
        return tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * (2 * len(each) - 1) / mean)) if tf else 0.0

    bound = 2.2 * (idf("red") + idf("shoe"))
    pair = math.log(1 + 3.5 / 1.5)  # "red shoe" as one word stands in the first text alone
    for row, each in enumerate(words):
        score = sum(idf(term) * weight(each.count(term), each) for term in ("red", "shoe"))
        score += 0.1 * pair * weight(1 if row == 0 else 0, each)
        assert found[row] == pytest.approx(score / bound, rel=1e-5)
