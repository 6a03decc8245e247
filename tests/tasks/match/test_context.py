from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfspace.tasks.match.context import Rivals, rivals


def columns(rows):
    left, right, scores = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(left, np.int64), np.array(right, np.int64), np.array(scores, np.float32)


def by_hand(pairs, candidates):
    """The best rival and the rank of every pair on both sides, by going through all candidates."""
    told = []
    for left, right, score in pairs:
        beside = [s for one, other, s in candidates if one == left and other != right]
        across = [s for one, other, s in candidates if other == right and one != left]
        told.append(
            (
                max(beside, default=0.0),
                sum(s > score for s in beside),
                max(across, default=0.0),
                sum(s > score for s in across),
            )
        )
    return told


def assert_agrees(pairs, candidates):
    found = rivals(columns(pairs), columns(candidates))
    told = np.array(by_hand(pairs, candidates), np.float64).reshape(-1, 4)
    for name, column in zip(("left_best", "left_rank", "right_best", "right_rank"), told.T, strict=True):
        np.testing.assert_array_equal(getattr(found, name), column, err_msg=name)


# Eighths are exact in float32, so that ties are ties; few rows make many of them.
scores = st.integers(-16, 16).map(lambda eighths: eighths / 8)
tables = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(6, 10)), scores, max_size=20)


@settings(max_examples=80, deadline=None)
@given(tables, tables)
def test_rivals_are_those_of_a_loop_whether_the_pair_is_a_candidate_or_not(table, others):
    candidates = [(*key, score) for key, score in table.items()]
    strangers = [(*key, score) for key, score in others.items() if key not in table]
    assert_agrees(candidates + strangers, candidates)


def test_a_pair_alone_has_no_rival():
    found = rivals(columns([(0, 5, 0.75)]), columns([(0, 5, 0.75)]))
    assert (found.left_best, found.left_rank, found.right_best, found.right_rank) == (0, 0, 0, 0)
    assert found.margins(np.array([0.75])) == pytest.approx([0.75])


def test_an_equal_rival_is_the_best_one_but_ranks_no_higher():
    rows = [(0, 5, 0.5), (0, 6, 0.5), (1, 5, 0.25)]
    found = rivals(columns(rows), columns(rows))
    assert found.left_best.tolist() == [0.5, 0.5, 0]
    assert found.left_rank.tolist() == [0, 0, 0]
    assert found.right_best.tolist() == [0.25, 0, 0.5]
    assert found.right_rank.tolist() == [0, 0, 1]


def test_rows_of_a_large_catalogue_stay_apart():
    """Row numbers in the millions share one array with scores that differ in the fourth decimal."""
    rng = np.random.default_rng(0)
    base = 5_000_000
    table = {(base + int(a), base + 50 + int(b)): s for a, b, s in rng.integers(0, 8, (40, 3)).tolist()}
    rows = [(*key, float(np.float32(score / 10_000))) for key, score in table.items()]
    assert_agrees(rows, rows)


def test_no_pairs_and_no_candidates():
    assert_agrees([], [(0, 5, 1.0)])
    assert_agrees([(0, 5, 1.0)], [])
    assert len(rivals(columns([]), columns([])).left_best) == 0


def test_margins_are_the_mean_of_both_sides():
    standing = Rivals(np.array([0.5, 0.0]), np.zeros(2, int), np.array([0.25, 1.0]), np.zeros(2, int))
    assert standing.margins(np.array([1.0, 0.0])).tolist() == [1 - 0.375, -0.5]
