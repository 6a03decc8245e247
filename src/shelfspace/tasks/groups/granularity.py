"""How many groups: the numbers at which other products of the kind would be grouped alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shelfspace.data.interactions import Float32, Int64
from shelfspace.evaluation.clusterings import adjusted_rand
from shelfspace.tasks.groups.kmeans import sums_of
from shelfspace.tasks.groups.tree import Float64, Grown, average_linkage

#: The levels, coarsest first, each with the power of √n that its numbers reach up to.
LEVELS = {"coarse": 1 / 2, "medium": 3 / 4, "fine": 1.0}
_DRAWS = 5  # pairs of them
_SHARE = 0.7  # of the products in each
_TRIED = 12  # numbers a level
_COMPARED = 5_000  # products by which two draws are compared


@dataclass(frozen=True)
class Resampled:
    """Trees of draws of the products, in pairs: what of a tree is chance differs between the two.

    Each is the cut of a draw's own tree, by product; see `of`.
    """

    pairs: list[tuple[_Draw, _Draw]]

    @classmethod
    def of(cls, grown: Grown, vectors: Float32, weights: Float64, *, seed: int = 0) -> Resampled:
        """Five pairs of draws of seven products in ten, their leaves joined anew."""
        rng = np.random.default_rng(seed)
        rows = np.flatnonzero(grown.leaf >= 0)
        n = max(round(_SHARE * len(rows)), min(len(rows), 1))
        shown = rows if len(rows) <= _COMPARED else np.sort(rng.choice(rows, _COMPARED, replace=False))

        def draw() -> _Draw:
            some = rng.choice(rows, n, replace=False)
            return _Draw.of(grown, vectors, weights, np.sort(some), shown)

        return cls([(draw(), draw()) for _ in range(_DRAWS)])

    def stability(self, k: int) -> float:
        """The mean adjusted Rand index of k groups of one draw with those of the other, about 0…1."""
        return float(np.mean([one.agreement(other, k) for one, other in self.pairs]))


@dataclass(frozen=True)
class _Draw:
    """The tree of a draw; `leaf` `[m]` are its leaves of the products compared, -1 where it has none."""

    grown: Grown
    leaf: Int64

    @classmethod
    def of(cls, grown: Grown, vectors: Float32, weights: Float64, some: Int64, shown: Int64) -> _Draw:
        there, leaf = np.unique(grown.leaf[some], return_inverse=True)
        sums = sums_of(vectors[some], leaf, len(there), weights[some]).astype(np.float64)
        sizes = np.bincount(leaf, weights[some], minlength=len(there)).astype(np.float64)
        place = np.full(len(grown.sizes), -1)
        place[there] = np.arange(len(there))
        own = Grown(average_linkage(sums, sizes), leaf, sums, sizes)
        return cls(own, place[grown.leaf[shown]])

    def agreement(self, other: _Draw, k: int) -> float:
        both = (self.leaf >= 0) & (other.leaf >= 0)
        one, two = (draw.grown.tree.cut(k)[draw.leaf[both]] for draw in (self, other))
        return adjusted_rand(one, two)


def tried(n: int) -> dict[str, list[int]]:
    """The numbers of groups that are tried for n products, by level: up to 12 for each.

    Coarse are the numbers from 2 to n^¼, medium those up to n^⅜ and fine those up to √n, as many on a
    logarithmic scale in the last two together as in the first: √n groups have √n products each.

    >>> tried(10_000)["coarse"], max(tried(10_000)["fine"])
    ([2, 3, 4, 5, 6, 7, 9, 10], 100)
    """
    found, low = {}, 2
    for name, power in LEVELS.items():
        high = max(round(float(np.sqrt(n)) ** power), low)
        numbers = np.unique(np.geomspace(low, high, _TRIED).round().astype(int)).tolist()
        found[name] = [int(min(number, max(n, 1))) for number in numbers]
        low = high + 1
    return found


def chosen_counts(resampled: Resampled, n: int) -> dict[str, int]:
    """The steadiest number of groups of each level for n products; of equally steady ones the largest."""
    return {
        name: max(numbers, key=lambda k: (round(resampled.stability(k), 6), k))
        for name, numbers in tried(n).items()
    }
