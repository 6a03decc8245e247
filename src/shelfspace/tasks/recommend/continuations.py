"""What users had taken, what they took next, and where a recommender had put it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Int64, Interactions
from shelfspace.tasks.recommend.ranked import Seen, blocks_of
from shelfspace.tasks.recommend.scorer import Scorer


@dataclass(frozen=True)
class Continuations:
    """What n users had taken, and the item each took next, `targets` [n]."""

    histories: Interactions
    targets: Int64

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, rows: npt.ArrayLike) -> Continuations:
        """Those at `rows`, in that order."""
        chosen = np.asarray(rows, np.int64)
        return Continuations(self.histories.take(chosen), self.targets[chosen])

    def sample(self, n: int, *, seed: int = 0) -> Continuations:
        """n of them drawn at random, in their order; all where there are no more."""
        if len(self) <= n:
            return self
        return self.take(np.sort(np.random.default_rng(seed).choice(len(self), n, replace=False)))

    def repeats(self) -> npt.NDArray[np.bool_]:
        """Whether what was taken next had been taken before, [n]."""
        found = np.zeros(len(self), np.bool_)
        again = self.histories.items == self.targets[self.histories.users]
        found[self.histories.users[again]] = True
        return found

    def blocks(self) -> list[Int64]:
        """The rows in blocks whose scores take some 64 MiB."""
        return blocks_of(len(self), self.histories.n_items)


def last_taken(taken: Interactions) -> Continuations:
    """The last event of each history of two and more, and what came before it."""
    asked = taken.take(np.flatnonzero(taken.lengths >= 2))
    return Continuations(asked.before_last(1), asked.last(1).items)


def every_prefix(taken: Interactions) -> Continuations:
    """Each proper prefix of each history, and the item that came after it."""
    place = np.arange(len(taken)) - taken.starts[taken.users]
    asked = np.flatnonzero(place > 0)
    return Continuations(taken.runs(asked - place[asked], place[asked]), taken.items[asked])


def target_ranks(recommender: Scorer, asked: Continuations, *, seen: Seen = "exclude") -> Int64:
    """The place [n] of each target among all items, 0 the best, as `top_k` would list them.

    With `seen` "exclude" items already taken are left out; a target among them has the place `n_items`.
    """
    ranks = np.empty(len(asked), np.int64)
    for rows in asked.blocks():
        part = asked.take(rows)
        scores = recommender.scores(part.histories)
        if seen == "exclude":
            scores[part.histories.users, part.histories.items] = -np.inf
        ranks[rows] = ranks_within(scores, part.targets)
    return ranks


def ranks_within(scores: npt.NDArray[np.float32], targets: Int64) -> Int64:
    """The place [n] of each row's target column in `scores` [n, m]; equal scores stand in their order."""
    own = scores[np.arange(len(targets)), targets]
    above = (scores > own[:, None]).sum(axis=1)
    ties = (scores == own[:, None]).sum(axis=1) > 1
    for row in np.flatnonzero(ties):
        above[row] += int((scores[row, : targets[row]] == own[row]).sum())
    ranks: Int64 = np.where(own > -np.inf, above, scores.shape[1]).astype(np.int64)
    return ranks


def reached(ranks: Int64, k: int = 20) -> npt.NDArray[np.float64]:
    """The discounted gain [n] of each target's place, 0 behind the k-th: ndcg@k row by row."""
    return np.where(ranks < k, 1 / np.log2(np.maximum(ranks, 0) + 2.0), 0.0)
