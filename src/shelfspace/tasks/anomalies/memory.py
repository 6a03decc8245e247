"""A memory of what good patches look like: how far the nearest of them is says how strange a patch is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError
from shelfspace.space.nearest import engine, engine_threads

Features = npt.NDArray[np.float32]

_POOL = 20_000  # patches that the coreset is chosen from


@dataclass(frozen=True)
class PatchMemory:
    """Patches of good photos [m, d], standardised by `mean` and `scale` [d]."""

    patches: Features
    mean: Features
    scale: Features

    def strangeness(self, features: Features) -> Features:
        """Each row's [n, d] distance to the nearest remembered patch, over √d, float32 [n]; 0 is known."""
        standard = np.ascontiguousarray((features - self.mean) / self.scale, dtype=np.float32)
        if not len(standard):
            return np.zeros(0, np.float32)
        with engine_threads(len(standard)):
            squares, _ = engine().knn(standard, self.patches, 1)
        return np.asarray(np.sqrt(np.maximum(squares[:, 0], 0) / max(1, standard.shape[1])), np.float32)


def remember(features: Sequence[Features], size: int = 2_000, seed: int = 0) -> PatchMemory:
    """A memory of at most `size` patches out of the photos' `features`, each [n, d].

    A patch memory as in PatchCore (Roth et al. 2022, section 3.2): the coreset is chosen by the greedy
    k-centre rule, which keeps rare looks that random choice would lose.

    Differs from the paper: features are standardised first, and the choice is made among 20,000 random ones.

    Raises `OptionError` where there is no patch, or `size` < 1.
    """
    rows = sum(len(part) for part in features)
    if not rows or size < 1:
        raise OptionError(
            f"A memory of {size} out of {rows} patches was asked for.",
            "There is one patch at least to remember.",
            "Pass good photos.",
        )
    everything = np.concatenate(list(features)).astype(np.float32)
    mean = everything.mean(axis=0)
    spread = everything.std(axis=0)
    scale = np.where(spread > 1e-6, spread, 1).astype(np.float32)
    rng = np.random.default_rng(seed)
    pool = everything[rng.permutation(rows)[:_POOL]]
    standard = np.ascontiguousarray((pool - mean) / scale, dtype=np.float32)
    return PatchMemory(standard[k_centres(standard, size)], mean, scale)


def k_centres(points: Features, k: int) -> npt.NDArray[np.int64]:
    """Rows of at most k `points` [n, d], each the farthest from those before it (Gonzalez 1985).

    It begins with row 0 and stops early where all points are taken or repeat taken ones.
    """
    squares = np.einsum("nd,nd->n", points, points)
    nearest = np.full(len(points), np.inf, np.float32)
    chosen: list[int] = []
    row = 0
    while len(chosen) < min(k, len(points)):
        chosen.append(row)
        distance = squares + squares[row] - 2 * (points @ points[row])
        nearest = np.minimum(nearest, np.maximum(distance, 0))
        nearest[row] = 0
        row = int(nearest.argmax())
        if nearest[row] <= 1e-6:
            break
    return np.array(chosen, np.int64)
