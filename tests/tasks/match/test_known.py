from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.known import known_columns


def rows_of(pairs):
    return PairRows(*(np.array(side, np.int64) for side in zip(*pairs, strict=True)))


def wording(n, seed=0):
    rows = np.random.default_rng(seed).random((n, 6))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows, sp.csr_matrix(rows.astype(np.float32))


def by_hand(pairs, matches, rows):
    told = []
    for left, right in pairs:
        others = [known for one, known in matches if one == left and known != right]
        backs = [known for known, one in matches if one == right and known != left]
        told.append(
            [
                len(others),
                max((float(rows[right] @ rows[known]) for known in others), default=np.nan),
                len(backs),
                max((float(rows[left] @ rows[known]) for known in backs), default=np.nan),
            ]
        )
    return np.array(told)


NAMES = (
    "left known matches",
    "left known match likeness",
    "right known matches",
    "right known match likeness",
)


def test_columns_are_those_of_a_loop():
    rng = np.random.default_rng(3)
    pairs = sorted({(int(a), int(b)) for a, b in rng.integers(0, 6, (25, 2)) + np.array([0, 6])})
    matches = pairs[::2]
    rows, matrix = wording(12)
    found = known_columns(rows_of(pairs), rows_of(matches), matrix)
    assert tuple(found) == NAMES
    for name, told in zip(NAMES, by_hand(pairs, matches, rows).T, strict=True):
        np.testing.assert_allclose(found[name], told, atol=1e-6, err_msg=name)
        assert found[name].dtype == np.float32


def test_a_pairs_own_confirmation_is_left_out():
    _, matrix = wording(4)
    pairs = rows_of([(0, 2), (0, 3)])
    found = known_columns(pairs, rows_of([(0, 2)]), matrix)
    assert found["left known matches"].tolist() == [0, 1]
    assert np.isnan(found["left known match likeness"]).tolist() == [True, False]
    assert found["right known matches"].tolist() == [0, 0]


def test_nothing_known_and_nothing_asked():
    _, matrix = wording(4)
    none = PairRows(np.empty(0, np.int64), np.empty(0, np.int64))
    found = known_columns(rows_of([(0, 2)]), none, matrix)
    assert [found[name].tolist() for name in NAMES[::2]] == [[0], [0]]
    assert all(np.isnan(found[name]).all() for name in NAMES[1::2])
    assert all(len(column) == 0 for column in known_columns(none, rows_of([(0, 2)]), matrix).values())


def test_a_match_is_known_whichever_way_round_it_was_confirmed():
    _, matrix = wording(4)
    found = known_columns(rows_of([(0, 3)]), rows_of([(2, 0)]), matrix)
    assert found["left known matches"].tolist() == [1]
