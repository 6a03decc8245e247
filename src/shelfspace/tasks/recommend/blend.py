"""Several recommenders as one: their scores, brought to one scale, weighed as validation says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.tasks.recommend.kept import keep, kept
from shelfspace.tasks.recommend.scorer import Recommender, load_recommender

_KIND = "blend"


@dataclass(frozen=True)
class Blend:
    """Scores are Σ weight · z over `members`, z a member's scores less their mean, by their spread, per user.

    A member of weight 0 is not asked.
    """

    members: tuple[Recommender, ...]
    weights: tuple[float, ...]
    kind: str = _KIND

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`."""
        total = np.zeros((histories.n_users, histories.n_items), np.float32)
        for member, weight in zip(self.members, self.weights, strict=True):
            if weight:
                total += np.float32(weight) * standardised(member.scores(histories, users))
        return total

    def save(self, folder: Path) -> None:
        """Write the members into folders of their own within `folder`."""
        for number, member in enumerate(self.members):
            member.save(folder / str(number))
        keep(folder, self.kind, {}, weights=list(self.weights))

    @classmethod
    def load(cls, folder: Path) -> Blend:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        _, settings = kept(folder, _KIND)
        weights = tuple(settings["weights"])
        return cls(tuple(load_recommender(folder / str(n)) for n in range(len(weights))), weights)


def standardised(scores: Float32) -> Float32:
    """Each row less its mean, by its standard deviation, in place; what is -inf is as low as the lowest."""
    lowest = np.where(np.isfinite(scores), scores, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    lowest = np.where(np.isfinite(lowest), lowest, 0).astype(np.float32)
    np.maximum(scores, lowest, out=scores)
    scores -= scores.mean(axis=1, keepdims=True)
    scores /= np.maximum(scores.std(axis=1, keepdims=True), np.float32(1e-9))
    return scores
