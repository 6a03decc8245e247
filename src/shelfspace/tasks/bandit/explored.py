"""A recommender's candidates in the order that a bandit shows them, with all that has to be logged."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shelfspace.data.neighbours import Neighbours
from shelfspace.tasks.bandit.bandit import Bandit
from shelfspace.tasks.bandit.contexts import Float32, Int64, contexts_of
from shelfspace.tasks.bandit.decisions import Decisions, Float64


class Explored(NamedTuple):
    """`items` int64 `[n, k]` in the order to show them, -1 where there are no more.

    `contexts` float32 `[n, k, d]` and `propensities` float64 `[n, k]` are theirs: what the bandit learns from
    once rewards are known, by `learned`. `first` are the decisions over the first place, rewards unknown: the
    log from which other policies can be judged.
    """

    items: Int64
    contexts: Float32
    propensities: Float64
    first: Decisions

    def learned(self, bandit: Bandit, rewards: Float64) -> Bandit:
        """The bandit after `rewards` `[n, k]`; those of places that were not filled, or NaN, are left out."""
        known = (self.items >= 0) & ~np.isnan(rewards)
        return bandit.observed(self.contexts[known], rewards[known])


def explored(
    bandit: Bandit,
    candidates: Neighbours,
    tastes: Float32,
    vectors: Float32,
    k: int,
    rng: np.random.Generator,
) -> Explored:
    """The k candidates that `bandit` shows each of n users.

    `candidates` `[n, m]` are those of a recommender with their scores (see `top_scored`); `tastes` `[n, dim]`
    and `vectors` `[n_items, dim]` are unit or zero. A bandit for them starts at `prior_of(dim)`: before any
    reward it prefers what the recommender does. Users without a candidate are not in `first`. Raises
    `OptionError` for k < 1.
    """
    contexts = contexts_of(candidates.ids, candidates.scores, tastes, vectors)
    ranking = bandit.ranking(contexts, candidates.ids >= 0, k, rng)
    rows, places = np.nonzero(ranking.columns >= 0)
    columns = ranking.columns[rows, places]
    items = np.full(ranking.columns.shape, -1, np.int64)
    shown = np.zeros((*items.shape, contexts.shape[2]), np.float32)
    items[rows, places] = candidates.ids[rows, columns]
    shown[rows, places] = contexts[rows, columns]
    some = np.flatnonzero(items[:, 0] >= 0)
    return Explored(
        items,
        shown,
        ranking.propensities,
        Decisions(
            candidates.ids[some],
            contexts[some],
            ranking.columns[some, 0],
            ranking.propensities[some, 0],
            np.full(len(some), np.nan),
        ),
    )
