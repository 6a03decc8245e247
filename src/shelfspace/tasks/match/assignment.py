"""One-to-one assignment: which of the probable pairs can all be true together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components

from shelfspace.tasks.match.candidates import PairRows

_EXACT = 200  # products a side up to which a tangle of pairs is solved exactly


def one_to_one(pairs: PairRows, log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which pairs to keep, bool `[m]`, so that each product has one match at most.

    Of every tangle of competing pairs the set with the greatest sum of `log_odds` (shifted to be positive) is
    kept; tangles of more than 200 products a side are resolved surest pair first.
    """
    kept = np.zeros(len(pairs), bool)
    if not len(pairs):
        return kept
    left_ids, left = np.unique(pairs.left, return_inverse=True)
    right_ids, right = np.unique(pairs.right, return_inverse=True)
    n = len(left_ids) + len(right_ids)
    graph = sp.csr_array((np.ones(len(pairs)), (left, right + len(left_ids))), shape=(n, n))
    component = connected_components(graph, directed=False)[1][left]
    order = np.argsort(component, kind="stable")
    gain = log_odds - log_odds.min() + 1e-3
    for group in np.split(order, np.flatnonzero(np.diff(component[order])) + 1):
        kept[group[_best(left[group], right[group], gain[group])]] = True
    return kept


def _best(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], gain: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """The places of the pairs to keep in one tangle."""
    if len(left) == 1:
        return np.zeros(1, np.int64)
    rows, row = np.unique(left, return_inverse=True)
    columns, column = np.unique(right, return_inverse=True)
    if max(len(rows), len(columns)) > _EXACT:
        return _greedy(left, right, gain)
    table, place = np.zeros((len(rows), len(columns))), np.full((len(rows), len(columns)), -1, np.int64)
    table[row, column], place[row, column] = gain, np.arange(len(left))
    chosen = place[linear_sum_assignment(table, maximize=True)]
    return np.sort(chosen[chosen >= 0])


def _greedy(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], gain: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    chosen = []
    for place in np.argsort(-gain, kind="stable").tolist():
        if left[place] not in taken_left and right[place] not in taken_right:
            taken_left.add(int(left[place]))
            taken_right.add(int(right[place]))
            chosen.append(place)
    return np.sort(np.array(chosen, np.int64))
