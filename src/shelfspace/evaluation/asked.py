"""What users took afterwards, and how well what is recommended to them meets it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.beyond_accuracy import beyond_accuracy
from shelfspace.evaluation.interaction_splits import Split
from shelfspace.tasks.recommend.ranked import top_k
from shelfspace.tasks.recommend.ranking_figures import accuracy
from shelfspace.tasks.recommend.scorer import Scorer

#: How many items are recommended to a user.
K = 20
_BEYOND = ("coverage", "novelty", "diversity")


@dataclass(frozen=True)
class Question:
    """What the users `rows` of training took afterwards (`asked`), given their `histories`.

    `vectors` [n_items, d] tell which items are alike, for diversity.
    """

    train: Interactions
    rows: Int64
    histories: Interactions
    asked: Interactions
    vectors: Float32

    @classmethod
    def of(cls, parts: Split, vectors: Float32) -> Question:
        """The question to all users of the test who took something before."""
        rows = np.flatnonzero((parts.test.lengths > 0) & (parts.train.lengths > 0))
        return cls(parts.train, rows, parts.train.take(rows), parts.test.take(rows), vectors)

    def answer(self, recommender: Scorer) -> Int64:
        """The recommended items [n, 20]."""
        return top_k(recommender, self.histories, K, users=self.rows)

    def figures(self, lists: Int64) -> Figures:
        """How well they meet what was asked, and how much of the shelf they show."""
        beyond = beyond_accuracy(
            lists, self.histories, self.train.popularity(), self.train.n_users, vectors=self.vectors
        )
        return {**accuracy(lists, self.asked), **{f"{name}@{K}": beyond[f"{name}@{K}"] for name in _BEYOND}}
