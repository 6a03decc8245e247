"""Spherical k-means, and how many clusters would be found again in other users."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shelfspace.data.interactions import Float32, Int64
from shelfspace.errors import OptionError

_ROUNDS = 50
_RESTARTS = 4
_SPLITS = 5
_SAMPLE = 5_000  # users by which the number is chosen
_MOST = 12
_STRONG = 0.8  # Tibshirani and Walther 2005, section 3: from 0.8 to 0.9 on, clusters are well supported


class Clustering(NamedTuple):
    """`labels` int64 `[n]`, -1 for zero vectors, and unit `centres` float32 `[k, dim]`."""

    labels: Int64
    centres: Float32


def spherical_kmeans(vectors: Float32, k: int, *, seed: int = 0) -> Clustering:
    """k clusters of unit `vectors` `[n, dim]` by cosine (Dhillon and Modha 2001), the largest first.

    Started four times by k-means++ with 1 − cosine as its distance, the run with the highest mean cosine is
    kept; a cluster that runs empty restarts at the vector that is served worst. There are fewer than k
    clusters where there are fewer distinct vectors. The same vectors, k and seed give the same clusters.
    Raises `OptionError` for k < 1.
    """
    if k < 1:
        raise OptionError(f"{k} clusters were asked for.", "There is one at least.", "Ask for 1 or more.")
    rows = np.flatnonzero(vectors.any(axis=1))
    labels = np.full(len(vectors), -1, np.int64)
    if not len(rows):
        return Clustering(labels, np.zeros((0, vectors.shape[1]), np.float32))
    kept = vectors[rows]
    rng = np.random.default_rng(seed)
    runs = [_run(kept, _starts(kept, k, rng)) for _ in range(_RESTARTS if k > 1 else 1)]
    centres = max(runs, key=lambda run: float((kept @ run.T).max(axis=1).sum()))
    found = (kept @ centres.T).argmax(axis=1)
    sizes = np.bincount(found, minlength=len(centres))
    order = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]
    place = np.zeros(len(centres), np.int64)
    place[order] = np.arange(len(order))
    labels[rows] = place[found]
    return Clustering(labels, centres[order])


def _starts(vectors: Float32, k: int, rng: np.random.Generator) -> Float32:
    """Up to k distinct rows, each drawn the likelier the farther it is from those before it."""
    chosen = [int(rng.integers(len(vectors)))]
    far = 1 - vectors @ vectors[chosen[0]]
    while len(chosen) < k:
        chances = np.where(far > 1e-6, far, 0).astype(np.float64)
        if not chances.sum():
            break
        chosen.append(int(rng.choice(len(vectors), p=chances / chances.sum())))
        far = np.minimum(far, 1 - vectors @ vectors[chosen[-1]])
    return vectors[chosen]


def _run(vectors: Float32, centres: Float32) -> Float32:
    before = np.full(len(vectors), -1)
    for _ in range(_ROUNDS):
        cosines = vectors @ centres.T
        labels = cosines.argmax(axis=1)
        if np.array_equal(labels, before):
            break
        before = labels
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, vectors)
        lengths = np.linalg.norm(sums, axis=1)
        empty = np.flatnonzero(lengths < 1e-6)
        sums[empty] = vectors[np.argsort(cosines.max(axis=1), kind="stable")[: len(empty)]]
        centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return centres


def strengths(vectors: Float32, most: int = _MOST, *, seed: int = 0) -> dict[int, float]:
    """The prediction strength of 1 to `most` clusters, each in 0…1 (Tibshirani and Walther 2005, equation 2).

    Users are split in two, both halves are clustered, and the pairs that stand together in the one half are
    looked up in the clusters of the other: the strength is the share that stays together, of the cluster
    where it is least, as a mean over 5 splits. One cluster has strength 1. At most 5,000 users are drawn.
    """
    rng = np.random.default_rng(seed)
    kept = vectors[np.flatnonzero(vectors.any(axis=1))]
    found = {1: 1.0}
    if len(kept) < 4:
        return found
    splits = [rng.permutation(len(kept))[:_SAMPLE] for _ in range(_SPLITS)]
    for k in range(2, min(most, len(kept) // 2) + 1):
        halves = [(kept[rows[::2]], kept[rows[1::2]]) for rows in splits]
        found[k] = float(np.mean([_strength(*half, k, seed) for half in halves]))
    return found


def _strength(train: Float32, test: Float32, k: int, seed: int) -> float:
    centres = spherical_kmeans(train, k, seed=seed).centres
    own = spherical_kmeans(test, k, seed=seed).labels
    other = (test @ centres.T).argmax(axis=1)
    shared = np.zeros((own.max() + 1, len(centres)))
    np.add.at(shared, (own, other), 1)
    sizes = shared.sum(axis=1)
    together = (shared * (shared - 1)).sum(axis=1)
    # A cluster of one has no pair that could be found again: it speaks against so many clusters.
    return float(np.min(np.where(sizes > 1, together / np.maximum(sizes * (sizes - 1), 1), 0.0)))


def best_count(found: dict[int, float]) -> int:
    """The largest number of clusters whose prediction strength is 0.8 or more; 1 where none else is."""
    return max(k for k, strength in found.items() if strength >= _STRONG)
