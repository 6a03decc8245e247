"""Spherical k-means, and how many clusters would be found again in other data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Float32, Int64
from shelfspace.errors import OptionError

_ROUNDS = 50
_RESTARTS = 4
_SPLITS = 5
_SAMPLE = 5_000  # vectors by which the number is chosen
_MOST = 12
_BLOCK = 1 << 22  # cosines held at once
_SETTLED = 1e-3  # of the vectors: where fewer change their cluster, more rounds change little
_STARTS_OF = 10  # vectors a cluster among which the first centres are sought, and
_STARTS_MORE = 5_000  # so many more
_STRONG = 0.8  # Tibshirani and Walther 2005, section 3: from 0.8 to 0.9 on, clusters are well supported


class Clustering(NamedTuple):
    """`labels` int64 `[n]`, -1 for zero vectors, and unit `centres` float32 `[k, dim]`."""

    labels: Int64
    centres: Float32


def spherical_kmeans(
    vectors: Float32,
    k: int,
    *,
    weights: npt.NDArray[np.floating] | None = None,
    restarts: int = _RESTARTS,
    rounds: int = _ROUNDS,
    seed: int = 0,
) -> Clustering:
    """k clusters of unit `vectors` `[n, dim]` by cosine (Dhillon and Modha 2001), the largest first.

    Started `restarts` times by k-means++ with 1 − cosine as its distance, the run with the highest mean
    cosine is kept; a cluster that runs empty restarts at the vector that is served worst. A run ends after
    `rounds`, or when fewer than a vector in a thousand changes its cluster. `weights` `[n]` > 0 say how much
    each vector counts, by default all the same. There are fewer than k clusters where there are fewer
    distinct vectors. The same vectors, k and seed give the same clusters. A round costs n · k · dim
    multiplications and little memory beside the vectors. Raises `OptionError` for k < 1.
    """
    if k < 1:
        raise OptionError(f"{k} clusters were asked for.", "There is one at least.", "Ask for 1 or more.")
    rows = np.flatnonzero(vectors.any(axis=1))
    labels = np.full(len(vectors), -1, np.int64)
    if not len(rows):
        return Clustering(labels, np.zeros((0, vectors.shape[1]), np.float32))
    kept = vectors if len(rows) == len(vectors) else vectors[rows]
    mass = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)[rows]
    rng = np.random.default_rng(seed)
    runs = [_run(kept, mass, _starts(kept, mass, k, rng), rounds) for _ in range(restarts if k > 1 else 1)]
    centres = max(runs, key=lambda run: float(mass @ nearest(kept, run)[1]))
    found = nearest(kept, centres)[0]
    sizes = np.bincount(found, mass, minlength=len(centres))
    order = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]
    place = np.zeros(len(centres), np.int64)
    place[order] = np.arange(len(order))
    labels[rows] = place[found]
    return Clustering(labels, centres[order])


def nearest(vectors: Float32, centres: Float32) -> tuple[Int64, Float32]:
    """Which of the `centres` `[k, dim]`, k ≥ 1, each vector is nearest to, and the cosine: both `[n]`."""
    labels, cosines = np.empty(len(vectors), np.int64), np.empty(len(vectors), np.float32)
    step = max(_BLOCK // len(centres), 1)
    for start in range(0, len(vectors), step):
        part = slice(start, start + step)
        products = vectors[part] @ centres.T
        labels[part] = products.argmax(axis=1)
        cosines[part] = np.take_along_axis(products, labels[part, None], axis=1)[:, 0]
    return labels, cosines


def sums_of(
    vectors: Float32, labels: Int64, k: int, weights: npt.NDArray[np.floating] | None = None
) -> Float32:
    """The weighted sum of the vectors of each of k clusters, float32 `[k, dim]`; a label below 0 is none."""
    import scipy.sparse

    inside = np.flatnonzero(labels >= 0)
    mass = np.ones(len(inside)) if weights is None else np.asarray(weights, np.float64)[inside]
    cells = (mass.astype(np.float32), (labels[inside], inside))
    return np.asarray(scipy.sparse.csr_array(cells, shape=(k, len(vectors))) @ vectors, np.float32)


def _starts(vectors: Float32, mass: npt.NDArray[np.float64], k: int, rng: np.random.Generator) -> Float32:
    """Up to k distinct rows, each drawn the likelier the farther it is from those before it."""
    most = _STARTS_OF * k + _STARTS_MORE
    if len(vectors) > most:
        some = np.sort(rng.choice(len(vectors), most, replace=False))
        vectors, mass = vectors[some], mass[some]
    chosen = [int(rng.integers(len(vectors)))]
    far = 1 - vectors @ vectors[chosen[0]]
    while len(chosen) < k:
        chances = np.where(far > 1e-6, far, 0) * mass
        if not chances.sum():
            break
        chosen.append(int(rng.choice(len(vectors), p=chances / chances.sum())))
        far = np.minimum(far, 1 - vectors @ vectors[chosen[-1]])
    return vectors[chosen]


def _run(vectors: Float32, mass: npt.NDArray[np.float64], centres: Float32, rounds: int) -> Float32:
    before = np.full(len(vectors), -1)
    for _ in range(rounds):
        labels, cosines = nearest(vectors, centres)
        if np.count_nonzero(labels != before) <= _SETTLED * len(vectors):
            break
        before = labels
        sums = sums_of(vectors, labels, len(centres), mass)
        lengths = np.linalg.norm(sums, axis=1)
        empty = np.flatnonzero(lengths < 1e-6)
        sums[empty] = vectors[np.argsort(cosines, kind="stable")[: len(empty)]]
        centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return centres


def strengths(vectors: Float32, most: int = _MOST, *, seed: int = 0) -> dict[int, float]:
    """The prediction strength of 1 to `most` clusters, each in 0…1 (Tibshirani and Walther 2005, equation 2).

    Vectors are split in two, both halves are clustered, and the pairs that stand together in the one half are
    looked up in the clusters of the other: the strength is the share that stays together, of the cluster
    where it is least, as a mean over 5 splits. One cluster has strength 1. At most 5,000 are drawn.
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
