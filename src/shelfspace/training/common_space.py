"""Learn the common space of words and photos: closed form first, its strength chosen on held-out pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.product import CommonSpace, WordPhotoPairs
from shelfspace.training.gate import Verdict, gate

Ranks = npt.NDArray[np.int64]

#: What the ridge of the correlation may be, in mean variances.
RIDGES = (0.03, 0.1, 0.3, 1.0)
DIM = 160
_USUAL = "0.1"
_HELD_OUT, _MOST_HELD = 0.15, 1_500
_FEWEST = 20  # pairs, below which there is nothing to choose by


@dataclass(frozen=True)
class CommonStudy:
    """The common space of some pairs, and what the gate said of its ridge (None for too few pairs)."""

    common: CommonSpace
    ridge: float
    verdict: Verdict | None

    def refitted(self, pairs: WordPhotoPairs) -> CommonSpace:
        """The space of other pairs, of the same dimension and ridge."""
        return pairs.common(dim=self.common.dim, regularisation=self.ridge)


def study_common(pairs: WordPhotoPairs, *, dim: int = DIM, seed: int = 0) -> CommonStudy:
    """The common space of `pairs`, its ridge being the best on a seventh of them that was held out.

    They are ranked by the mean reciprocal rank of both ways, photo to words and words to photo.
    """
    n = len(pairs)
    if n < _FEWEST:
        return CommonStudy(pairs.common(dim=dim, regularisation=float(_USUAL)), float(_USUAL), None)
    order = np.random.default_rng(seed).permutation(n)
    n_held = min(int(_HELD_OUT * n), _MOST_HELD)
    held, rest = pairs.take(np.sort(order[:n_held])), pairs.take(np.sort(order[n_held:]))
    tried = {f"{ridge:g}": _scores(rest.common(dim=dim, regularisation=ridge), held) for ridge in RIDGES}
    verdict = gate(tried, lambda scores: reciprocal_ranks(scores, held.groups), closed=_USUAL, steps=1)
    ridge = float(verdict.name)
    return CommonStudy(pairs.common(dim=dim, regularisation=ridge), ridge, verdict)


def reciprocal_ranks(scores: npt.NDArray[np.floating], groups: Ranks) -> npt.NDArray[np.float64]:
    """The mean reciprocal rank of both ways for every pair `[n]`."""
    found = ranks_of(scores, groups), ranks_of(scores.T, groups)
    return np.asarray(np.mean([1 / (1 + ranks) for ranks in found], axis=0), np.float64)


def ranks_of(scores: npt.NDArray[np.floating], groups: Ranks) -> Ranks:
    """How many others score higher with each row than the best of its own group, int64 `[n]`.

    `scores` `[n, n]`; row i and column i are one pair, and so is whatever has the same number in `groups`
    `[n]`: equal titles are each other's photo as well.
    """
    own = groups[:, None] == groups[None, :]
    best = np.where(own, scores, -np.inf).max(axis=1, initial=-np.inf)
    return np.asarray((scores > best[:, None]).sum(axis=1), np.int64)


def _scores(common: CommonSpace, held: WordPhotoPairs) -> npt.NDArray[np.float32]:
    return common.of_photos(held.photos) @ common.of_rows(held.matrix).T
