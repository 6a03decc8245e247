"""Recommending by a linear filter on items: what others took who took the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.objectives.spectral import (
    SingularVectors,
    item_filter,
    normalised_cooccurrence,
    truncated_svd,
)
from shelfspace.tasks.recommend.kept import arrays_of, keep, kept, matrix_of

_KIND = "linear"
#: Below every weight of a filter: what no item of the history speaks for is ranked by popularity.
_FLOOR = 1e-9


@dataclass(frozen=True)
class LinearOptions:
    """`k` directions of the graph's low pass, weighed `low_pass` against the items' Gram (0: the Gram alone).

    `width` is that of `item_filter`; `tolerance` is that of `truncated_svd`.
    """

    k: int = 512
    low_pass: float = 0.2
    width: int = 1000
    tolerance: float = 0.03


@dataclass(frozen=True)
class LinearRecommender:
    """Scores are the sum, over a history, of what each item speaks for the others.

    `weights` CSR [n_items, n_items] as of `item_filter`; `shares` float32 [n_items] of all events, by which
    is ranked what the history says nothing of, and everything for a user without one.
    """

    weights: Any
    shares: Float32
    kind: str = _KIND

    def scores(self, histories: Interactions, users: npt.NDArray[np.int64] | None = None) -> Float32:
        """Scores [n, n_items] from 0 on, see `Recommender`; all it goes by is the history.

        They are divided by the number of its items, so that they are of one scale for all users.
        """
        spoken = self._spoken(histories)
        scores = np.asarray(spoken.toarray(), np.float32)
        scores += self._floor
        return scores

    def log_scores(self, histories: Interactions) -> Float32:
        """The logarithms of `scores`; -inf for items that nothing speaks for and nobody took.

        Most scores are the same for all users, so that few logarithms are taken.
        """
        spoken = self._spoken(histories)
        floor = self._floor
        with np.errstate(divide="ignore"):
            scores = np.tile(np.log(floor), (histories.n_users, 1))
        rows = np.repeat(np.arange(histories.n_users), np.diff(spoken.indptr))
        scores[rows, spoken.indices] = np.log(spoken.data + floor[spoken.indices])
        return scores

    @property
    def _floor(self) -> Float32:
        return np.asarray(np.float32(_FLOOR) * self.shares, np.float32)

    def _spoken(self, histories: Interactions) -> Any:
        """What each history speaks for, CSR [n, n_items], above 0."""
        taken = histories.matrix()
        lengths = np.maximum(taken.sum(axis=1), np.finfo(np.float32).tiny)
        return sparse.diags_array((1 / lengths).astype(np.float32)) @ taken @ self.weights

    def save(self, folder: Path) -> None:
        """Write the filter into `folder`."""
        keep(folder, self.kind, {**arrays_of("weights", self.weights), "shares": self.shares})

    @classmethod
    def load(cls, folder: Path) -> LinearRecommender:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        arrays, _ = kept(folder, _KIND)
        m = len(arrays["shares"])
        return cls(matrix_of("weights", arrays, (m, m)), arrays["shares"])


def graph_factors(log: Interactions, k: int, *, tolerance: float = 0.03, seed: int = 0) -> SingularVectors:
    """The k leading singular vectors of the normalised graph, fewer where it has fewer users or items."""
    matrix = log.matrix()
    k = min(k, *matrix.shape)
    if not k:
        empty = [np.zeros(shape, np.float32) for shape in ((log.n_users, 0), (0,), (log.n_items, 0))]
        return SingularVectors(*empty)
    return truncated_svd(normalised_cooccurrence(matrix), k, seed=seed, tolerance=tolerance)


def fit_linear(
    log: Interactions,
    options: LinearOptions | None = None,
    factors: SingularVectors | None = None,
    *,
    seed: int = 0,
) -> LinearRecommender:
    """The closed form: the Gram of items with the low pass of the graph, see `item_filter`.

    `factors` are the graph's where they are known already.
    """
    options = options or LinearOptions()
    if factors is None and options.low_pass:
        factors = graph_factors(log, options.k, tolerance=options.tolerance, seed=seed)
    weights = item_filter(log.matrix(), factors, low_pass=options.low_pass, width=options.width)
    return LinearRecommender(weights, shares_of(log))


def shares_of(log: Interactions) -> Float32:
    """Each item's share of all events, float32 [n_items]; zeros where there is no event."""
    counts = log.popularity()
    return (counts / max(1, int(counts.sum()))).astype(np.float32)
