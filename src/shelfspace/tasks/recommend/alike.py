"""Recommending what is like the newest of a history by what the products are, whoever took them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.tasks.recommend.kept import keep, kept
from shelfspace.tasks.recommend.transitions import faint, recency

_KIND = "alike"
_RARE = 5.0  # events with which a product's likeness counts half as much again
_FORGETTING = 1.0


@dataclass(frozen=True)
class Alike:
    """Scores are cosines to what was taken, the newest counting most, more for products that few have taken.

    `vectors` float32 [n_items, p] are unit or zero, `boosts` [n_items] are 1 + 5 / (5 + events): of a product
    that few have taken this is nearly all that is known. `popularity` [n_items] serves who has no history.
    """

    vectors: Float32
    boosts: Float32
    popularity: Float32
    kind: str = _KIND

    @classmethod
    def fit(cls, taken: Interactions, products: Float32) -> Alike:
        """The scorer of product vectors [n_items, p]; nothing of `taken` is learned but its counts."""
        boosts = 1 + _RARE / (_RARE + taken.popularity())
        return cls(np.asarray(products, np.float32), boosts.astype(np.float32), faint(taken))

    def scores(self, histories: Interactions, users: npt.NDArray[np.int64] | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`; `users` make no difference."""
        wanted = np.asarray(recency(histories, _FORGETTING) @ self.vectors, np.float32)
        lengths = np.linalg.norm(wanted, axis=1, keepdims=True)
        wanted /= np.where(lengths > 1e-9, lengths, 1)
        scores = np.asarray((wanted @ self.vectors.T) * self.boosts, np.float32)
        scores += self.popularity
        return scores

    def save(self, folder: Path) -> None:
        """Write the vectors into `folder`."""
        arrays = {"vectors": self.vectors, "boosts": self.boosts, "popularity": self.popularity}
        keep(folder, self.kind, arrays)

    @classmethod
    def load(cls, folder: Path) -> Alike:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        arrays, _ = kept(folder, _KIND)
        return cls(arrays["vectors"], arrays["boosts"], arrays["popularity"])
