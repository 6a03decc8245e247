"""A tree over vectors: a few thousand small clusters by k-means, joined step by step by average linkage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Float32, Int64
from shelfspace.tasks.groups.kmeans import spherical_kmeans, sums_of

LEAVES = 1_000
MOST_LEAVES = 4_000
_ROUNDS = 10
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """m leaves and the m − 1 joins that make one of them, the closest first.

    `joins` int64 `[m − 1, 2]` name two nodes, leaves being 0…m − 1 and the i-th join m + i; `heights`
    `[m − 1]` are the mean distances 1 − cosine between the members of what is joined, never falling.
    """

    n_leaves: int
    joins: Int64
    heights: Float64

    def cut(self, k: int) -> Int64:
        """The leaves in k groups `[m]`, numbered from 0 by their first leaf; as many as there are at most.

        Groups of a smaller k are unions of those of a larger one.
        """
        parent = np.arange(max(2 * self.n_leaves - 1, 0))
        n_joined = max(self.n_leaves - max(k, 1), 0)
        for number, (left, right) in enumerate(self.joins[:n_joined].tolist()):
            parent[left] = parent[right] = self.n_leaves + number
        at = np.arange(self.n_leaves)
        while len(at) and (parent[at] != at).any():
            at = parent[at]
        _, first, found = np.unique(at, return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[found].astype(np.int64)


@dataclass(frozen=True)
class Grown:
    """A tree over vectors: `leaf` int64 `[n]` says in which leaf each stands, -1 for zero vectors.

    `sums` `[m, dim]` and `sizes` `[m]` are the leaves' vectors and weights, added up.
    """

    tree: Tree
    leaf: Int64
    sums: Float64
    sizes: Float64

    def cut(self, k: int) -> Int64:
        """The group of each vector at k groups `[n]`, -1 for zero vectors."""
        groups = self.tree.cut(k)
        return np.where(self.leaf < 0, -1, np.append(groups, -1)[self.leaf])


def grow(vectors: Float32, weights: Float64, *, leaves: int = LEAVES, seed: int = 0) -> Grown:
    """The tree over unit `vectors` `[n, dim]`, each counting `weights` `[n]` times, with `leaves` at most.

    Where there are more vectors, k-means of ten rounds puts them into that many leaves first: n · leaves ·
    dim multiplications a round. Joining costs about leaves² · dim and holds leaves² numbers, however many
    vectors there are.
    """
    found = np.flatnonzero(vectors.any(axis=1))
    leaf = np.full(len(vectors), -1, np.int64)
    if len(found) <= leaves:
        leaf[found] = np.arange(len(found))
    else:
        leaf = spherical_kmeans(
            vectors, leaves, weights=weights, restarts=1, rounds=_ROUNDS, seed=seed
        ).labels
    n_leaves = int(leaf.max(initial=-1)) + 1
    sums = sums_of(vectors, leaf, n_leaves, weights).astype(np.float64)
    sizes = np.bincount(leaf[leaf >= 0], weights[leaf >= 0], minlength=n_leaves).astype(np.float64)
    return Grown(average_linkage(sums, sizes), leaf, sums, sizes)


def average_linkage(sums: Float64, sizes: Float64) -> Tree:
    """The tree that joins the two nearest groups first (Sokal and Michener 1958), of m leaves.

    Near are groups whose members have a high mean cosine, which is the product of the groups' means: `sums`
    `[m, dim]` are the sums of each leaf's unit vectors, `sizes` `[m]` > 0 their weights. Equal distances are
    joined by the lowest leaf.
    """
    m = len(sizes)
    means = sums / sizes[:, None]
    far = 1 - means @ means.T
    np.fill_diagonal(far, np.inf)
    size, node, there = sizes.astype(np.float64), np.arange(m), np.ones(m, bool)
    best, least = far.argmin(axis=1) if m else node, far.min(axis=1, initial=np.inf)
    joins, heights = np.zeros((max(m - 1, 0), 2), np.int64), np.zeros(max(m - 1, 0))
    for number in range(m - 1):
        one = int(least.argmin())
        other = int(best[one])
        joins[number], heights[number] = sorted((node[one], node[other])), least[one]
        joined = (size[one] * far[one] + size[other] * far[other]) / (size[one] + size[other])
        joined[one] = np.inf
        size[one], node[one], there[other] = size[one] + size[other], m + number, False
        far[one], far[:, one], far[other], far[:, other] = joined, joined, np.inf, np.inf
        least[other] = np.inf
        stale = there & ((best == one) | (best == other))
        stale[one] = True
        best[stale], least[stale] = far[stale].argmin(axis=1), far[stale].min(axis=1)
        nearer = there & (joined < least)
        best[nearer], least[nearer] = one, joined[nearer]
    return Tree(m, joins, np.maximum.accumulate(heights))
