"""Contexts: what a bandit is told of a user and a candidate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.tasks.recommend.diversity import scaled

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]

_OWN = 3  # numbers of a context that are not of the product of both vectors
_TRUST = 0.1  # by how much the recommender's first candidate is thought to earn more than its last, at first


def contexts_of(candidates: Int64, scores: Float32, tastes: Float32, vectors: Float32) -> Float32:
    """Contexts float32 `[n, m, dim + 3]`: a one, the scaled score, the cosine, and u ⊙ v times √dim.

    `candidates` `[n, m]` are rows of items, -1 for none, whose contexts are zero; `scores` are scaled within
    a row. u is the user's row of `tastes` `[n, dim]` and v the item's of `vectors` `[n_items, dim]`, both
    unit or zero. One set of weights serves all users and items: what is learned of one helps with the others.
    """
    kept = candidates >= 0
    both = tastes[:, None, :] * vectors[np.maximum(candidates, 0)]
    found = np.zeros((*candidates.shape, both.shape[2] + _OWN), np.float32)
    found[..., 0] = 1
    found[..., 1] = scaled(candidates, scores)
    found[..., 2] = both.sum(axis=2)
    found[..., _OWN:] = both * np.float32(np.sqrt(max(both.shape[2], 1)))
    return np.asarray(found * kept[..., None], np.float32)


def prior_of(dim: int, trust: float = _TRUST) -> npt.NDArray[np.float64]:
    """The weights `[dim + 3]` to start with: the recommender's order, worth `trust` from first to last."""
    prior = np.zeros(dim + _OWN)
    prior[1] = trust
    return prior
