"""Lending: a product that few have taken borrows the scores of products like it that many have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from shelfspace.data.interactions import Float32, Int64
from shelfspace.data.neighbours import Neighbours

#: Products with this many events or more speak for themselves.
_KNOWN_FROM = 20
#: How many products lend to one, and how much the nearest of them counts before the others.
LENDERS = 10
_SHARPNESS = 4.0


@dataclass(frozen=True)
class Lending:
    """For every product with few events, the products that lend to it and how much its own score counts.

    `borrowers` int64 `[b]` are rows of products, `shares` a sparse `[b, n_items]` with the weights of their
    lenders, rows that add up to 1 or are empty, and `own` float32 `[b]`, 0…1, the weight of the own score.
    """

    borrowers: Int64
    shares: Any
    own: Float32

    @classmethod
    def of(cls, popularity: Int64, borrowers: Int64, nearest: Neighbours, strength: float) -> Lending:
        """The lending among products with `popularity` events each `[n]`.

        `nearest` are the neighbours of each of `borrowers` by product vector; one lends to those with fewer
        events than its own. A product with m events has m / (m +
        `strength`) of its own score, the rest is the mean over its lenders, the nearer the more: cosine to
        the fourth.
        """
        more = popularity[nearest.ids] > popularity[borrowers][:, None]
        lends = (nearest.ids >= 0) & (nearest.scores > 0) & more
        weights = np.where(lends, np.maximum(nearest.scores, 0) ** _SHARPNESS, 0.0)
        total = weights.sum(axis=1, keepdims=True)
        weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
        rows, places = np.nonzero(weights)
        cells = (rows, nearest.ids[rows, places])
        shares = sparse.csr_array(
            (weights[rows, places].astype(np.float32), cells), shape=(len(borrowers), len(popularity))
        )
        events = popularity[borrowers]
        own = events / (events + strength) if strength > 0 else np.ones(len(borrowers))
        return cls(borrowers, shares, np.where(total[:, 0] > 0, own, 1.0).astype(np.float32))

    def applied(self, scores: Float32) -> Float32:
        """The scores `[n, n_items]` with those of products that borrow replaced, in place."""
        lent = np.asarray((self.shares @ scores.T).T, np.float32)
        own = np.where(np.isfinite(scores[:, self.borrowers]), scores[:, self.borrowers], 0.0)
        borrowed = self.own * own + (1 - self.own) * lent
        # Who has neither lenders nor a score of its own stays where it was.
        alone = self.own >= 1
        scores[:, self.borrowers[~alone]] = borrowed[:, ~alone]
        return scores


def borrowers_of(popularity: Int64) -> Int64:
    """The rows of products that few have taken, ascending."""
    return np.flatnonzero(popularity < _KNOWN_FROM).astype(np.int64)
