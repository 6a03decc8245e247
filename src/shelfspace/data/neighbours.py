"""Neighbours: the one answer of every nearest-neighbour question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Neighbours:
    """For each of n queries the k nearest, best first.

    `ids` int64 `[n, k]` are catalogue rows, -1 where fewer than k were found; `scores` float32 `[n, k]` are
    similarities, higher is nearer, -inf beside an id of -1.
    """

    ids: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def k(self) -> int:
        """How many neighbours each query has room for."""
        return int(self.ids.shape[1])

    def above(self, threshold: float) -> Neighbours:
        """The neighbours whose score is at least `threshold`; the others become -1 and -inf."""
        keep = self.scores >= threshold
        scores = np.where(keep, self.scores, -np.inf).astype(np.float32)
        return Neighbours(np.where(keep, self.ids, -1), scores)

    def pairs(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Query numbers, ids and scores of all that were found, one entry a pair `[m]`."""
        found = self.ids >= 0
        return np.nonzero(found)[0].astype(np.int64), self.ids[found], self.scores[found]
