from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfspace.tasks.match.candidates import PairRows, lexical_pairs, vector_pairs

rows = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


def pairs_of(rows):
    return PairRows(np.array([a for a, _ in rows], np.int64), np.array([b for _, b in rows], np.int64))


def listed(pairs):
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


@settings(max_examples=50, deadline=None)
@given(rows, rows)
def test_a_union_holds_every_pair_once_in_order(one, other):
    assert listed(PairRows.union([pairs_of(one), pairs_of(other)])) == sorted({*one, *other})


@settings(max_examples=50, deadline=None)
@given(rows, rows)
def test_within_says_which_pairs_are_among_others(one, other):
    assert pairs_of(one).within(pairs_of(other)).tolist() == [pair in other for pair in one]


def test_keys_tell_a_pair_from_the_same_turned_and_from_far_rows():
    keys = pairs_of([(1, 2), (2, 1), (0, 2**31), (2**31 - 1, 0)]).keys()
    assert len(set(keys.tolist())) == 4


def test_candidates_are_the_nearest_of_either_side_by_either_signal():
    rng = np.random.default_rng(0)
    words = rng.random((14, 9)) * (rng.random((14, 9)) < 0.5)
    vectors = rng.normal(size=(14, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    left, right = np.array([0, 2, 3, 5, 7, 8]), np.array([1, 4, 6, 9, 10, 11, 12])
    told = set()
    lexical = words @ words.T  # without a common token two listings are no lexical neighbours
    for near in (np.where(lexical > 0, lexical, -np.inf), vectors @ vectors.T):
        for one in left:
            best = sorted(right[near[one, right] > -np.inf], key=lambda j, row=near[one]: -row[j])[:2]
            told |= {(int(one), int(j)) for j in best}
        for other in right:
            best = sorted(left[near[left, other] > -np.inf], key=lambda i, column=near[:, other]: -column[i])[
                :2
            ]
            told |= {(int(i), int(other)) for i in best}
    rows = sp.csr_matrix(words.astype(np.float32))
    found = PairRows.union([lexical_pairs(rows, left, right, 2), vector_pairs(vectors, left, right, 2)])
    assert listed(found) == sorted(told)


def test_listings_without_a_common_word_are_no_candidates():
    words = sp.csr_matrix(np.array([[1, 0], [0, 1], [1, 0], [0, 0]], np.float32))
    found = lexical_pairs(words, np.array([0, 1]), np.array([2, 3]))
    assert listed(found) == [(0, 2)]


def test_of_a_table_matched_with_itself_no_row_is_its_own_neighbour():
    rng = np.random.default_rng(1)
    words = sp.csr_matrix(rng.random((8, 5)).astype(np.float32))
    vectors = rng.normal(size=(8, 4)).astype(np.float32)
    rows = np.arange(8)
    for found in (lexical_pairs(words, rows, rows, 2), vector_pairs(vectors, rows, rows, 2)):
        assert (found.left != found.right).all()
        assert np.bincount(found.left, minlength=8).min() >= 2
        assert sorted(listed(found)) == sorted((j, i) for i, j in listed(found))


def test_hardly_any_true_pair_is_no_candidate(planted, desk):
    assert planted.truth.within(desk.candidates).mean() >= 0.99


def test_the_shortlist_is_a_small_part_that_keeps_most_true_pairs(planted, desk):
    short = desk.shortlist
    assert short.within(desk.candidates).all()
    assert len(short) < len(desk.candidates) * 0.75
    assert planted.truth.within(short).mean() >= 0.95
