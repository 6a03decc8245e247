from __future__ import annotations

import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.errors import CatalogError, OptionError
from shelfspace.tasks.explain import explain
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match import match
from shelfspace.tasks.match.matcher import matcher_of_space


@pytest.mark.parametrize("name", ["fast_space", "labelled_space", "numbered_space"])
def test_contributions_sum_to_the_probability_of_match(request, name):
    space = request.getfixturevalue(name)
    found = match(space, threshold=0.05)
    for row in (0, found.height // 2, found.height - 1):
        left, right, probability, _ = found.row(row)
        told = explain(space, f"left/{left}", f"right/{right}")
        assert told.score == pytest.approx(told.base + sum(part.amount for part in told.contributions))
        assert told.probability == pytest.approx(probability, abs=1e-4)


def test_sides_stand_in_the_order_of_the_shops(labelled_space):
    left, right = match(labelled_space).row(0)[:2]
    told = explain(labelled_space, left, right)
    back = explain(labelled_space, right, left)
    assert told == back
    titles = labelled_space.catalog.table["title"]
    rows = [labelled_space.row(reference) for reference in (left, right)]
    assert (told.left_title, told.right_title) == tuple(titles[row] or "" for row in rows)


def test_kinds_stand_once_each_and_numbers_are_named_apart(numbered_space):
    matcher = matcher_of_space(numbered_space, "left", "right")
    pairs = matcher.desk.shortlist
    gtins = matcher.scorer.columns_at(matcher.desk, pairs)["gtin"]
    ids = matcher.desk.catalog.table["id"]
    for said in (0, 1):
        row = int((gtins == said).argmax())
        told = explain(numbered_space, ids[int(pairs.left[row])], ids[int(pairs.right[row])])
        names = [part.name for part in told.contributions]
        assert len(set(names)) == len(names)
        (number,) = [part for part in told.contributions if part.name == "GTIN"]
        assert (number.amount > 0) == bool(said)
        assert number.value.startswith("same GTIN" if said else "GTIN differs")


@pytest.fixture(scope="module")
def said():
    """What is said of two listings that agree in measures, brand, color and a code, and differ in size."""
    both = {"title": "Bose QC45 case 800 g", "brand": "Bose", "color": "black", "price": 50.0}
    rows = [{"shop": "a", "id": "1", "size": "M", **both}, {"shop": "b", "id": "2", "size": "L", **both}]
    filler = [
        {
            "shop": shop,
            "id": f"{shop}{i}",
            "title": f"lamp {i} oak{i} v{i}00",
            "brand": "Lumo",
            "price": 9.0 + i,
        }
        for shop in "ab"
        for i in range(30)
    ]
    catalog = Catalog.from_table(pl.DataFrame(rows + filler, infer_schema_length=None))
    labels = [(f"a{i}", f"b{i}", 1) for i in range(30)]
    labels += [(f"a{i}", f"b{(i + 1) % 30}", 0) for i in range(30)]
    pairs = pl.DataFrame(labels, schema=["left_id", "right_id", "label"], orient="row")
    known = Pairs.from_table(pairs.with_columns(left_shop=pl.lit("a"), right_shop=pl.lit("b")))
    told = explain(fit(catalog, pairs=known, preset="fast"), "a/1", "b/2")
    return {part.name: part.value for part in told.contributions}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("model codes", "same code QC45"),
        ("brand", "same brand bose"),
        ("numbers and measures", "same 800 g"),
        ("color and size", "same color black; size differs: m ≠ l"),
        ("price", "price agrees (+0%)"),
        ("standing among rivals", ""),
    ],
)
def test_each_kind_says_what_was_seen(said, kind, value):
    assert said[kind] == value


def test_wording_says_how_many_words_are_shared(said):
    assert said["wording"].endswith("words in both")


def test_what_is_no_pair_of_two_shops_is_refused(fast_space):
    one, other = fast_space.catalog.table.filter(pl.col("shop") == "left")["id"][:2]
    with pytest.raises(OptionError, match="Both products are of the shop 'left'"):
        explain(fast_space, one, other)
    with pytest.raises(CatalogError):
        explain(fast_space, one, "no such product")
