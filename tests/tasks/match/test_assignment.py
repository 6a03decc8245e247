from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfspace.tasks.match import assignment
from shelfspace.tasks.match.assignment import one_to_one
from shelfspace.tasks.match.candidates import PairRows


def pairs_of(rows):
    left, right = zip(*rows, strict=True) if rows else ((), ())
    return PairRows(np.array(left, np.int64), np.array(right, np.int64))


def is_one_to_one(pairs):
    return len(set(pairs.left.tolist())) == len(set(pairs.right.tolist())) == len(pairs)


def best_sum(rows, gains):
    """The greatest sum over every one-to-one subset."""
    best = 0.0
    for n in range(1, len(rows) + 1):
        for chosen in combinations(range(len(rows)), n):
            if is_one_to_one(pairs_of([rows[i] for i in chosen])):
                best = max(best, sum(gains[i] for i in chosen))
    return best


tangles = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(10, 13)), st.floats(-9, 9, allow_nan=False), max_size=9
)


@settings(max_examples=60, deadline=None)
@given(tangles)
def test_the_kept_pairs_are_one_to_one_and_of_the_greatest_sum(tangle):
    rows, odds = list(tangle), np.array(list(tangle.values()), np.float64)
    kept = one_to_one(pairs_of(rows), odds)
    assert is_one_to_one(pairs_of(rows).take(kept))
    if rows:
        gains = odds - odds.min() + 1e-3
        assert np.isclose(gains[kept].sum(), best_sum(rows, gains))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_large_tables_are_one_to_one_and_nothing_that_fits_is_left_out(seed):
    rng = np.random.default_rng(seed)
    keys = np.unique(rng.integers(0, 60, 150) * 100 + rng.integers(0, 60, 150))
    pairs = PairRows(keys // 100, keys % 100 + 1000)
    kept = one_to_one(pairs, rng.normal(size=len(pairs)))
    chosen = pairs.take(kept)
    assert is_one_to_one(chosen)
    fits = ~np.isin(pairs.left, chosen.left) & ~np.isin(pairs.right, chosen.right)
    assert not fits.any()


def test_two_good_pairs_beat_the_single_best_one():
    pairs = pairs_of([(0, 10), (0, 11), (1, 10), (2, 12)])
    assert one_to_one(pairs, np.array([3.0, 2.9, 2.9, 0.0])).tolist() == [False, True, True, True]


def test_improbable_pairs_are_resolved_all_the_same():
    """Whoever asks for a threshold of 0 gets the best of the improbable ones too."""
    pairs = pairs_of([(0, 10), (0, 11), (1, 12)])
    assert one_to_one(pairs, np.array([-9.0, -2.0, -30.0])).tolist() == [False, True, True]


def test_above_the_cap_the_surest_come_first(monkeypatch):
    monkeypatch.setattr(assignment, "_EXACT", 1)
    pairs = pairs_of([(0, 11), (0, 10), (1, 10), (2, 12)])
    assert one_to_one(pairs, np.array([2.9, 3.0, 2.9, -1.0])).tolist() == [False, True, False, True]


def test_a_tangle_above_the_real_cap():
    n = 250
    left = np.concatenate([np.arange(n), np.arange(n - 1)])
    right = np.concatenate([np.arange(n), np.arange(1, n)]) + 1000
    odds = np.concatenate([np.full(n, 5.0), np.full(n - 1, 1.0)])
    kept = one_to_one(PairRows(left, right), odds)
    assert kept[:n].all()
    assert not kept[n:].any()


def test_nothing_to_assign():
    kept = one_to_one(pairs_of([]), np.zeros(0))
    assert kept.dtype == bool
    assert len(kept) == 0
