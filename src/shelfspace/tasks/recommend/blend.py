"""Several recommenders as one: their scores, brought to one scale, weighed as validation says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Protocol

import numpy as np

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.tasks.recommend.kept import keep, kept
from shelfspace.tasks.recommend.scorer import Recommender, load_recommender

_KIND = "blend"
_STEPS = 4  # weights are multiples of a quarter
_K = 20
_AT_ONCE = 256  # users


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


def blended(members: Sequence[Recommender], histories: Interactions, wanted: Int64, users: Int64) -> Blend:
    """The blend by which the items `wanted` [n] come first for the users of `histories`, by NDCG@20.

    Weights are multiples of a quarter that add up to 1; of equals the evenest. What a user has taken is left
    out. `users` are their rows in training, see `Recommender`.
    """
    each = product(range(_STEPS + 1), repeat=len(members))
    tried = [tuple(part / _STEPS for part in parts) for parts in each if sum(parts) == _STEPS]
    tried.sort(key=lambda weights: sum(weight * weight for weight in weights))
    if len(tried) == 1 or not len(wanted):
        return Blend(tuple(members), tried[0])
    gains = np.zeros(len(tried))
    for rows in _blocks(len(wanted)):
        block = histories.take(rows)
        scores = [standardised(member.scores(block, users[rows])) for member in members]
        for number, weights in enumerate(tried):
            total = np.zeros_like(scores[0])
            for weight, own in zip(weights, scores, strict=True):
                total += np.float32(weight) * own
            gains[number] += _gain(total, block, wanted[rows])
    return Blend(tuple(members), tried[int(gains.argmax())])


class Scorer(Protocol):
    """What scores items for histories."""

    def scores(self, histories: Interactions, users: Int64 | None) -> Float32:
        """Scores [n, n_items], see `Recommender`."""
        ...


def mean_gain(scorer: Scorer, histories: Interactions, wanted: Int64, users: Int64) -> float:
    """NDCG@20 of the one item `wanted` [n] by each user, what the user has taken left out; 0 for no user."""
    gains = 0.0
    for rows in _blocks(len(wanted)):
        block = histories.take(rows)
        gains += _gain(scorer.scores(block, users[rows]), block, wanted[rows])
    return gains / max(len(wanted), 1)


def _blocks(n: int) -> Iterator[Int64]:
    return (np.arange(start, min(start + _AT_ONCE, n)) for start in range(0, n, _AT_ONCE))


def _gain(scores: Float32, histories: Interactions, wanted: Int64) -> float:
    """Σ 1 / log2(rank + 1) over the users whose wanted item is among the first 20."""
    own = scores[np.arange(len(wanted)), wanted].copy()
    scores[histories.users, histories.items] = -np.inf
    ranks = (scores > own[:, None]).sum(axis=1)
    return float((1 / np.log2(ranks[ranks < _K] + 2.0)).sum())
