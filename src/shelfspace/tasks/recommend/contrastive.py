"""Recommending by vectors of users and items that were learned by contrast over their graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.tasks.recommend.kept import keep, kept

_KIND = "contrastive"


@dataclass(frozen=True)
class ContrastiveRecommender:
    """Scores are cosine / `temperature` + `popularity` · log of the item's share of all events.

    `items` float32 [n_items, d] are unit vectors, `bases` [n_items, d] what an item adds to the vector of a
    user who took it, and `owns` [n_users, d] what was learned of each user besides. `log_shares` [n_items].
    """

    items: Float32
    bases: Float32
    owns: Float32
    log_shares: Float32
    temperature: float
    popularity: float
    kind: str = _KIND

    def scores(self, histories: Interactions, users: npt.NDArray[np.int64] | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`: a user of training adds what was learned of them.

        For one of whom nothing is known they are the logarithms of the items' shares.
        """
        vectors = self.user_vectors(histories, users)
        scores = np.asarray((vectors / np.float32(self.temperature)) @ self.items.T, np.float32)
        if self.popularity:
            scores += np.float32(self.popularity) * self.log_shares
        scores[~vectors.any(axis=1)] = self.log_shares
        return scores

    def user_vectors(self, histories: Interactions, users: npt.NDArray[np.int64] | None = None) -> Float32:
        """Unit vectors [n, d] of users by their histories; zero for a new one without any."""
        taken = histories.matrix()
        lengths = np.maximum(taken.sum(axis=1), np.finfo(np.float32).tiny)
        vectors = np.asarray(sparse.diags_array(lengths**-0.5) @ (taken @ self.bases), np.float32)
        if users is not None:
            known = users >= 0
            vectors[known] += self.owns[users[known]]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Float32 = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
        return unit

    def save(self, folder: Path) -> None:
        """Write the vectors into `folder`."""
        arrays = {
            "items": self.items,
            "bases": self.bases,
            "owns": self.owns,
            "log_shares": self.log_shares,
        }
        keep(folder, self.kind, arrays, temperature=self.temperature, popularity=self.popularity)

    @classmethod
    def load(cls, folder: Path) -> ContrastiveRecommender:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        arrays, settings = kept(folder, _KIND)
        return cls(
            arrays["items"],
            arrays["bases"],
            arrays["owns"],
            arrays["log_shares"],
            float(settings["temperature"]),
            float(settings["popularity"]),
        )
