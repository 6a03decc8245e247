"""How well two clusterings of the same things agree, by counting what their clusters share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Contingency:
    """The overlaps of two clusterings of n things: `shared` `[c]` things in both clusters `left` and `right`.

    Only overlaps that exist are held; `left_sizes` and `right_sizes` `[c]` are their clusters' sizes. Counts
    are float64: the square of a million still fits exactly.
    """

    n: int
    shared: Counts
    left_sizes: Counts
    right_sizes: Counts
    left_pairs: float
    right_pairs: float

    @classmethod
    def of(cls, left: Numbers, right: Numbers) -> Contingency:
        """The overlaps of cluster names `left` and `right`, both `[n]`; linear but for a sort."""
        left, left_sizes = _numbered(left)
        right, right_sizes = _numbered(right)
        keys, shared = np.unique(left * max(len(right_sizes), 1) + right, return_counts=True)
        rows, columns = np.divmod(keys, max(len(right_sizes), 1))
        return cls(
            len(left),
            shared.astype(np.float64),
            left_sizes[rows],
            right_sizes[columns],
            _pairs(left_sizes),
            _pairs(right_sizes),
        )

    @property
    def shared_pairs(self) -> float:
        """How many pairs of things are together in both clusterings."""
        return _pairs(self.shared)


def pairwise_f1(truth: Numbers, predicted: Numbers) -> float:
    """F1 of the pairs of things that `predicted` puts together, in 0…1; both are cluster names `[n]`.

    1 where neither clustering has a pair, that is where all stand alone and should, or n is 0.
    """
    table = Contingency.of(truth, predicted)
    total = table.left_pairs + table.right_pairs
    return 2 * table.shared_pairs / total if total else 1.0


def b_cubed_f1(truth: Numbers, predicted: Numbers) -> float:
    """The harmonic mean of B³ precision and recall, in 0…1 (Bagga and Baldwin 1998); names `[n]`.

    A thing's precision is the share of its predicted cluster that belongs with it, its recall the share of
    its true cluster that was found; both are averaged over things. 1 where n is 0.
    """
    table = Contingency.of(truth, predicted)
    if not table.n:
        return 1.0
    recall = float(np.sum(table.shared**2 / table.left_sizes)) / table.n
    precision = float(np.sum(table.shared**2 / table.right_sizes)) / table.n
    return 2 * precision * recall / (precision + recall)


def adjusted_rand(truth: Numbers, predicted: Numbers) -> float:
    """The Rand index adjusted for chance, −0.5…1, about 0 for random clusters (Hubert and Arabie 1985).

    1 where the clusterings are equal, also where both put everything together or everything apart.
    """
    table = Contingency.of(truth, predicted)
    possible = _pairs(np.array([float(table.n)]))
    expected = table.left_pairs * table.right_pairs / possible if possible else 0.0
    best = (table.left_pairs + table.right_pairs) / 2
    return (table.shared_pairs - expected) / (best - expected) if best != expected else 1.0


class VMeasure(NamedTuple):
    """Three shares in 0…1."""

    homogeneity: float
    completeness: float
    v_measure: float


def v_measure(truth: Numbers, predicted: Numbers) -> VMeasure:
    """Homogeneity, completeness and their harmonic mean (Rosenberg and Hirschberg 2007), names `[n]`.

    h = 1 − H(truth | predicted) / H(truth), c = 1 − H(predicted | truth) / H(predicted), each 1 where the
    entropy below the line is 0. All 1 where n is 0.
    """
    table = Contingency.of(truth, predicted)
    if not table.n:
        return VMeasure(1.0, 1.0, 1.0)
    share = table.shared / table.n
    within = -float(np.sum(share * np.log(table.shared / table.right_sizes)))
    spread = -float(np.sum(share * np.log(table.shared / table.left_sizes)))
    h = 1 - _ratio(within, -float(np.sum(share * np.log(table.left_sizes / table.n))))
    c = 1 - _ratio(spread, -float(np.sum(share * np.log(table.right_sizes / table.n))))
    return VMeasure(h, c, 2 * h * c / (h + c) if h + c else 0.0)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 1e-12 else 0.0


def purity(truth: Numbers, predicted: Numbers) -> float:
    """The share of things whose true cluster is the commonest of their predicted one, in 0…1; names `[n]`.

    It grows with the number of clusters: compare it at equal numbers only. 1 where n is 0.
    """
    truth, sizes = _numbered(truth)
    predicted, found = _numbered(predicted)
    if not len(truth):
        return 1.0
    keys, shared = np.unique(predicted * len(sizes) + truth, return_counts=True)
    best = np.zeros(len(found))
    np.maximum.at(best, keys // len(sizes), shared)
    return float(best.sum()) / len(truth)


def _numbered(names: Numbers) -> tuple[npt.NDArray[np.int64], Counts]:
    """The clusters as numbers from 0, and their sizes."""
    _, numbers, sizes = np.unique(np.asarray(names), return_inverse=True, return_counts=True)
    return numbers.astype(np.int64), sizes.astype(np.float64)


def _pairs(sizes: Counts) -> float:
    return float(np.sum(sizes * (sizes - 1) / 2))
