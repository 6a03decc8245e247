"""Scored pairs of offers, and the clusters that a threshold on them makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from shelfspace.encoders.tokens import Int64
from shelfspace.evaluation.clusterings import pairwise_f1

_TRIED = 40  # thresholds an oracle may choose from


class Thresholded(Protocol):
    """What makes clusters of n offers once it is given a threshold."""

    @property
    def thresholds(self) -> list[float]:
        """Some thresholds to choose from, lowest first."""

    def components(self, threshold: float) -> Int64:
        """The cluster of each offer `[n]`."""


def best_threshold(found: Thresholded, truth: npt.NDArray[Any]) -> float:
    """The threshold whose clusters have the best pairwise F1: an oracle's, for it looks at the truth."""
    return max(found.thresholds, key=lambda threshold: pairwise_f1(truth, found.components(threshold)))


@dataclass(frozen=True)
class Edges:
    """Scored pairs of n offers: `left`, `right`, `scores` `[m]`, higher is nearer."""

    n: int
    left: Int64
    right: Int64
    scores: npt.NDArray[np.floating]

    def components(self, threshold: float) -> Int64:
        """The connected components of the pairs that score `threshold` or more `[n]`."""
        kept = self.scores >= threshold
        ends = self.left[kept], self.right[kept]
        graph = sp.coo_array((np.ones(len(ends[0])), ends), shape=(self.n, self.n))
        return np.asarray(connected_components(graph, directed=False)[1], np.int64)

    @property
    def thresholds(self) -> list[float]:
        """Some thresholds to choose from, lowest first."""
        if not len(self.scores):
            return [1.0]
        ordered = np.sort(self.scores)[::-1]
        # Finer at the top, since a few edges too many chain everything: so many edges are kept.
        kept = np.geomspace(max(1, self.n / 50), len(ordered), _TRIED).astype(np.int64).clip(1, len(ordered))
        return sorted({float(ordered[count - 1]) for count in kept})


@dataclass(frozen=True)
class Runs:
    """The clusters of a few thresholds, each from a run of its own."""

    clusters: dict[float, Int64]

    @property
    def thresholds(self) -> list[float]:
        """The thresholds that were run."""
        return sorted(self.clusters)

    def components(self, threshold: float) -> Int64:
        """The clusters of one of these thresholds."""
        return self.clusters[threshold]
