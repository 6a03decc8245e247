"""Queries with the products that fit them: what a ranking learns from and is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.tokens import Int64

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Judged:
    """m queries: query q is `texts[q]`, and the products `items[starts[q]:starts[q + 1]]` fit it.

    `items` are catalogue rows, `weights` float32 > 0 say how well each fits. `own` int64 `[m]` is the row a
    query was taken from, which is no answer to it; -1 for none. `rows`, ascending, are all that may be
    found, None for the whole catalogue.
    """

    texts: Sequence[str]
    starts: Int64
    items: Int64
    weights: Float32
    own: Int64
    rows: Int64 | None = None

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        relevant: Sequence[npt.NDArray[np.int64]],
        own: Int64 | None = None,
        rows: Int64 | None = None,
    ) -> Judged:
        """Queries whose `relevant` products all fit equally well."""
        lengths = [len(each) for each in relevant]
        items = np.concatenate([np.zeros(0, np.int64), *relevant]).astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        own = np.full(len(texts), -1, np.int64) if own is None else own
        return cls(texts, starts, items, np.ones(len(items), np.float32), own, rows)

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, which: Int64) -> Judged:
        """The queries at these places."""
        spans = [np.arange(self.starts[q], self.starts[q + 1]) for q in which]
        places = np.concatenate([np.zeros(0, np.int64), *spans]).astype(np.int64)
        starts = np.concatenate([[0], np.cumsum([len(span) for span in spans])]).astype(np.int64)
        texts = [self.texts[q] for q in which]
        return Judged(texts, starts, self.items[places], self.weights[places], self.own[which], self.rows)

    def gains(self, found: Int64) -> Float32:
        """How well each found row fits its query, float32 `[m, k]`; 0 for what does not, and for -1."""
        gains = np.zeros(found.shape, np.float32)
        for query, rows in enumerate(found):
            span = slice(self.starts[query], self.starts[query + 1])
            weight = dict(zip(self.items[span].tolist(), self.weights[span].tolist(), strict=True))
            gains[query] = [weight.get(row, 0.0) for row in rows.tolist()]
        return gains

    def ideal(self, k: int) -> Float32:
        """The greatest `k` weights of each query, float32 `[m, k]`, padded with 0."""
        ideal = np.zeros((len(self), k), np.float32)
        for query in range(len(self)):
            best = np.sort(self.weights[self.starts[query] : self.starts[query + 1]])[::-1][:k]
            ideal[query, : len(best)] = best
        return ideal
