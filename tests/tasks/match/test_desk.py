from __future__ import annotations

from dataclasses import replace

import numpy as np

from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import sideless


def test_columns_of_either_side_become_the_lesser_and_the_greater():
    one, other = np.array([1, np.nan, 3], np.float32), np.array([2, 5, np.nan], np.float32)
    found = sideless(
        {
            "left words": one,
            "brand": one,
            "right words": other,
            "price ratio": one,
            "x left": one,
            "x right": other,
        }
    )
    assert list(found) == ["lesser words", "greater words", "brand", "x lesser", "x greater"]
    np.testing.assert_array_equal(found["lesser words"], [1, 5, 3])
    np.testing.assert_array_equal(found["x greater"], [2, 5, 3])
    np.testing.assert_array_equal(found["brand"], one)


def test_a_table_matched_with_itself_has_no_sides_and_no_rivals(desk):
    rows = np.arange(len(desk.catalog))
    alone = replace(desk, left_rows=rows, right_rows=rows, _products={})
    assert alone.alone
    assert not desk.alone
    assert (alone.candidates.left != alone.candidates.right).all()
    one, other = rows[:30], rows[30:60]
    matches = PairRows(one, other)
    for context in ("pair", "table", "known"):
        straight = alone.columns(PairRows(one, other), context, matches)
        turned = alone.columns(PairRows(other, one), context, matches)
        assert not any("left" in name or "right" in name or "rank" in name for name in straight)
        assert straight.keys() == turned.keys()
        for name, column in straight.items():
            np.testing.assert_allclose(column, turned[name], atol=1e-3, err_msg=name)


def test_products_are_known_once_they_have_three_listings_each(desk):
    rows = np.arange(len(desk.catalog))
    alone = replace(desk, left_rows=rows, right_rows=rows, _products={})
    pairs = PairRows(rows[:30], rows[30:60])
    two, three = (
        pairs,
        PairRows(np.concatenate([pairs.left, rows[:30]]), np.concatenate([pairs.right, rows[60:90]])),
    )
    assert "lesser known matches" in alone.columns(pairs, "known", two)
    told = alone.columns(pairs, "known", three)
    assert "known products alike" in told
    assert "lesser known matches" not in told
    assert alone.products(three) is alone.products(three)
