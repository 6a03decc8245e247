from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import Kind, tokenize
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.details import NAMES
from shelfspace.tasks.match.facts import Facts
from shelfspace.tasks.match.features import PairFeatures, compare_measures

MIRRORED = {"price ratio"}  # the one column that changes its sign instead of its name
#: The code that two empty sets of codes have nothing to say of.
OPEN = {"codes alike", "codes start alike"}


def compare(*products):
    """The columns of products 0 and 1, and the features themselves; further ones only fill the catalogue."""
    rows = [{"shop": "ab"[i % 2], "id": str(i), **product} for i, product in enumerate(products)]
    catalog = Catalog.from_table(pl.DataFrame(rows, infer_schema_length=None))
    listings = Listings.of_catalog(catalog)
    vocabulary = fit_vocabulary(listings)
    facts = Facts.of(catalog, listings, np.arange(len(catalog)))
    features = PairFeatures(facts, bags_of(listings, vocabulary), vocabulary)
    columns = features.columns(PairRows(np.array([0]), np.array([1])))
    return {name: float(column[0]) for name, column in columns.items()}


def test_two_sides_swapped_swap_left_and_right(desk):
    pairs = desk.candidates.take(slice(None, None, 20))
    there = desk.features.columns(pairs)
    back = desk.features.columns(PairRows(pairs.right, pairs.left))
    for name, column in there.items():
        side, _, rest = name.partition(" ")
        twin = {"left": f"right {rest}", "right": f"left {rest}"}.get(side, name)
        told = -back[twin] if name in MIRRORED else back[twin]
        np.testing.assert_allclose(column, told, rtol=1e-5, atol=1e-5, err_msg=name)


def test_columns_are_float32_and_finite_but_for_what_is_missing(desk):
    columns = desk.features.columns(desk.candidates.take(slice(0, 400)))
    may_miss = {"numbers shared share", "brand", "category", "color", "size", "gtin", "mpn"}
    may_miss |= {"price ratio", "price distance", *NAMES} | OPEN
    for name, column in columns.items():
        assert column.dtype == np.float32
        assert not np.isinf(column).any(), name
        assert name in may_miss or not np.isnan(column).any(), name


def test_chunks_do_not_show(desk, monkeypatch):
    pairs = desk.candidates.take(slice(0, 100))
    whole = desk.features.columns(pairs)
    monkeypatch.setattr("shelfspace.tasks.match.features._CHUNK", 7)
    for name, column in desk.features.columns(pairs).items():
        np.testing.assert_array_equal(column, whole[name], err_msg=name)


def test_no_pairs_give_empty_columns(desk):
    none = np.empty(0, np.int64)
    columns = desk.features.columns(PairRows(none, none))
    assert set(columns) == set(desk.features.columns(desk.candidates.take(slice(0, 3))))
    assert all(column.shape == (0,) for column in columns.values())


def test_overlaps_are_those_of_a_loop_over_words(desk):
    """Tokens and their IDF are counted here again, one listing after the other."""
    listings, n = desk.listings, len(desk.listings)
    kinds, names, whole = {}, [], []
    for name, details in zip(listings.names, listings.details, strict=True):
        told = tokenize([name]), tokenize([details], grams=False)
        for tokens in told:
            for token, kind in zip(tokens.hash.tolist(), tokens.kind.tolist(), strict=True):
                kinds[token] = min(kind, kinds.get(token, kind))  # joined words may be one word elsewhere
        names.append(set(told[0].hash.tolist()))
        whole.append(names[-1] | set(told[1].hash.tolist()))
    seen = Counter(token for tokens in whole for token in tokens)
    idf = {token: float(np.log1p(n / count)) for token, count in seen.items()}

    def summed(tokens):
        return pytest.approx(sum(idf[token] for token in tokens), rel=1e-4, abs=1e-4)

    def greatest(tokens):
        return pytest.approx(max((idf[token] for token in tokens), default=0), rel=1e-4, abs=1e-4)

    pairs = desk.candidates.take(slice(5, None, 100))
    columns = desk.features.columns(pairs)
    for i in range(len(pairs)):
        one, other, everything = (
            {token for token in tokens if kinds[token] in (Kind.WORD, Kind.NUMBER, Kind.CODE)}
            for tokens in (names[pairs.left[i]], names[pairs.right[i]], whole[pairs.right[i]])
        )
        assert columns["left words"][i] == len(one)
        assert columns["words shared"][i] == summed(one & other)
        assert columns["words shared best"][i] == greatest(one & other)
        assert columns["right words not found"][i] == summed(other - one)
        assert columns["left best word not found"][i] == greatest(one - other)
        assert columns["left best word not found anywhere"][i] == greatest(one - everything)
        both = columns["words shared share"][i] * sum(idf[token] for token in one | other)
        assert both == summed(one & other)


BARE = {"title": None, "brand": None, "price": None}


def test_missing_facts_are_nan_and_strings_of_nothing_are_no_likeness():
    found = compare(BARE, {"title": "Sony headphones", "brand": "Sony", "price": 10.0})
    for name in ("brand", "category", "color", "size", "gtin", "mpn", "price ratio", "price distance", *OPEN):
        assert np.isnan(found[name]), name
    assert np.isnan(found["numbers shared share"])
    assert found["words shared"] == found["name ratio"] == 0


@pytest.mark.parametrize(
    ("left", "right", "column", "value"),
    [
        ({"gtin": "04006381333931"}, {"gtin": "04006381333931"}, "gtin", 1),
        ({"gtin": "04006381333931"}, {"gtin": "00017817835022"}, "gtin", 0),
        ({"mpn": "AB-12"}, {"mpn": "ab12"}, "mpn", 1),
        ({"brand": "Sony"}, {"brand": "SONY Corp"}, "brand", 100),
        ({"color": "Dark Blue"}, {"color": "blue dark"}, "color", 100),
        ({"price": 20.0}, {"price": 10.0}, "price ratio", np.log(2)),
        ({"price": 10.0}, {"price": 20.0}, "price distance", np.log(2)),
        ({"title": "x 3 5"}, {"title": "x 3 7"}, "numbers shared share", 1 / 3),
        ({"title": "x 3 5"}, {"title": "x 3"}, "left numbers missing", 1),
        ({"title": "x 3"}, {"title": "x", "description": "3"}, "left numbers missing anywhere", 0),
        ({"title": "tea 500 g"}, {"title": "tea 0.5 kg"}, "measures agreeing", 1),
        ({"title": "茶 500克"}, {"title": "茶 250克"}, "measures differing", 1),
        ({"title": "wh-1000xm4"}, {"title": "the WH1000XM4"}, "left code inside", 9),
        ({"title": "wh1000xm4"}, {"title": "x", "description": "wh1000xm4"}, "left code inside anywhere", 9),
        ({"title": "wh1000xm4"}, {"title": "wh1000xm5"}, "codes start alike", 8 / 9),
        ({"title": "wh1000xm4"}, {"title": "wh1000xm4"}, "left code missing", 0),
        ({"title": "red shoe"}, {"title": "shoe red"}, "name sorted ratio", 100),
        ({"title": "red shoe"}, {"title": "red shoe"}, "words shared share", 1),
        ({"title": "red shoe"}, {"title": "red shoe now"}, "left words found", 1),
    ],
)
def test_columns_of_made_up_products(left, right, column, value):
    both = {"title": "thing", **left}, {"title": "thing", **right}
    assert compare(*both)[column] == pytest.approx(value, rel=1e-5)


def test_a_rarer_shared_code_tells_more():
    filler = [{"title": f"screen 1080p number {i}"} for i in range(6)]
    common = compare({"title": "tv 1080p"}, {"title": "screen 1080p"}, *filler)
    rare = compare({"title": "tv ue55q60"}, {"title": "screen ue55q60"}, *filler)
    assert 0 < common["rarest code shared"] < rare["rarest code shared"]


measures = st.frozensets(st.tuples(st.sampled_from(["g", "mm", "v"]), st.floats(-50, 500)), max_size=5)


@settings(max_examples=60, deadline=None)
@given(measures, measures)
def test_units_agree_or_differ_and_never_both(one, other):
    agreeing, differing = compare_measures(one, other)
    assert set(agreeing) | set(differing) == {u for u, _ in one} & {u for u, _ in other}
    assert not set(agreeing) & set(differing)
    assert (agreeing, differing) == compare_measures(other, one)


def test_values_within_a_percent_are_one():
    def g(*values):
        return frozenset(("g", float(value)) for value in values)

    assert compare_measures(g(100), g(101)) == (["g"], [])
    assert compare_measures(g(100), g(102)) == ([], ["g"])
    assert compare_measures(g(100, 5), g(7, 100)) == (["g"], [])
    assert compare_measures(g(0), g(0)) == (["g"], [])
    assert compare_measures(g(-5), g(5)) == ([], ["g"])
    assert compare_measures(g(5), frozenset()) == ([], [])
