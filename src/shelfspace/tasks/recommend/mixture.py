"""The mixture of what is known in closed form and what was learned by contrast."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.tasks.recommend.contrastive import ContrastiveRecommender
from shelfspace.tasks.recommend.kept import keep, kept
from shelfspace.tasks.recommend.linear import LinearRecommender

_KIND = "mixture"


@dataclass(frozen=True)
class MixtureRecommender:
    """Scores are linear^`linear_power` × likelihood^`contrastive_power`, as logarithms.

    The likelihood is the softmax over items of the contrastive score, whose sum over items is the same for
    all items of a user and so left out. A power of 0 leaves a part out.
    """

    linear: LinearRecommender
    contrastive: ContrastiveRecommender
    linear_power: float = 0.5
    contrastive_power: float = 0.5
    kind: str = _KIND

    def scores(self, histories: Interactions, users: npt.NDArray[np.int64] | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`."""
        if not self.linear_power:
            return self.contrastive.scores(histories, users)
        scores = self.linear.log_scores(histories)
        scores *= np.float32(self.linear_power)
        if self.contrastive_power:
            likelihood = self.contrastive.scores(histories, users)
            likelihood *= np.float32(self.contrastive_power)
            scores += likelihood
        return scores

    def save(self, folder: Path) -> None:
        """Write the parts into folders of their own within `folder`."""
        self.linear.save(folder / "linear")
        self.contrastive.save(folder / "contrastive")
        powers = {"linear_power": self.linear_power, "contrastive_power": self.contrastive_power}
        keep(folder, self.kind, {}, **powers)

    @classmethod
    def load(cls, folder: Path) -> MixtureRecommender:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        _, powers = kept(folder, _KIND)
        linear = LinearRecommender.load(folder / "linear")
        return cls(linear, ContrastiveRecommender.load(folder / "contrastive"), **powers)
