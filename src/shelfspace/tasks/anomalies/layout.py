"""What is usual where: a Gaussian over coarse pictures of how light and texture lie over a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.tasks.anomalies.patches import Patches

Matrix = npt.NDArray[np.float64]

_GRID = 6
_STILL = 1e-4  # spread below which a number is the same in all photos but for rounding


@dataclass(frozen=True)
class Layout:
    """The mean and the whitening [d, k] of the grids of good photos."""

    mean: Matrix
    scale: Matrix
    whitening: Matrix

    def strangeness(self, patches: Patches) -> float:
        """The logarithm of the Mahalanobis distance of a photo from good ones, over √d."""
        standard = (_grid(patches) - self.mean) / self.scale
        squares = float(np.mean((standard @ self.whitening) ** 2))
        return 0.5 * float(np.log(squares + 1e-6))


def learn_layout(photos: Sequence[Patches]) -> Layout:
    """The layout that good photos have in common, from their patches.

    Every photo becomes a grid of 6 × 6 mean patches. Shrinkage of the covariance (Ledoit and Wolf 2004) makes
    it sound for fewer photos than numbers: it tends to the plain distance where there are few.
    """
    from sklearn.covariance import LedoitWolf

    grids = np.array([_grid(patches) for patches in photos])
    mean, spread = grids.mean(axis=0), grids.std(axis=0)
    scale = np.where(spread > _STILL, spread, np.maximum(_STILL, np.abs(mean) + 1e-2))
    standard = (grids - mean) / scale
    if len(photos) < 2:  # nothing to shrink: the plain distance
        return Layout(mean, scale, np.eye(len(mean)))
    energies, directions = np.linalg.eigh(LedoitWolf(assume_centered=True).fit(standard).covariance_)
    floor = 1e-6 * max(float(energies[-1]), 1e-12)
    return Layout(mean, scale, directions / np.sqrt(np.maximum(energies, floor)))


def _grid(patches: Patches) -> Matrix:
    """The patches' means over a grid laid over the photo, as one row."""
    height, width = patches.shape
    rows = patches.rows.reshape(height, width, -1).astype(np.float64)
    cells = [
        rows[_span(height, down), _span(width, across)].mean(axis=(0, 1))
        for down in range(_GRID)
        for across in range(_GRID)
    ]
    return np.concatenate(cells)


def _span(length: int, number: int) -> slice:
    start = number * length // _GRID
    return slice(start, max(start + 1, (number + 1) * length // _GRID))
