"""Recommending by a sequence encoder: the items near the state that a history ends in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.encoders.sequence import SequenceEncoder
from shelfspace.tasks.recommend.kept import keep, kept

_KIND = "sequence"


@dataclass(frozen=True)
class SequenceRecommender:
    """Scores are the products of a history's state with the items' vectors: logarithms of chances.

    `shares` float32 [n_items] of all events serve a user without any.
    """

    encoder: SequenceEncoder
    shares: Float32
    kind: str = _KIND

    @cached_property
    def _items(self) -> Float32:
        return self.encoder.item_vectors()

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`; what is known of a user beyond the history is not used."""
        scores: Float32 = self.encoder.encode(histories) @ self._items.T
        unknown = ~self._items.any(axis=1)
        if unknown.any():  # neither taken nor described: behind all others
            scores[:, unknown] = scores.min(axis=1, keepdims=True)
        scores[histories.lengths == 0] = np.log(self.shares + np.float32(1e-9))
        return scores

    def save(self, folder: Path) -> None:
        """Write the encoder and the shares into `folder`."""
        keep(folder, self.kind, {"shares": self.shares})
        self.encoder.save(folder / "encoder")

    @classmethod
    def load(cls, folder: Path) -> SequenceRecommender:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        arrays, _ = kept(folder, _KIND)
        return cls(SequenceEncoder.load(folder / "encoder"), arrays["shares"])
