"""A classifier in closed form: kernel ridge regression on a weighted sum of several features' distances.

Least-squares classification with a Gaussian kernel (Rifkin et al. 2003 find it as accurate as support vector
machines); one factorisation serves the classes of every column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
Features = Mapping[str, Float32]

RIDGES = (0.01, 0.1, 0.5, 2.0)
_CHUNK = 2048


@dataclass(frozen=True)
class KernelMachine:
    """exp(−Σ weight · squared distance / scale) to each of the rows learned from, times `coefficients`.

    `features` are the rows learned from, float32 `[m, d]` by part; `weights` name the parts that count;
    `coefficients` `[m, c]`.
    """

    features: Features
    weights: Mapping[str, float]
    scale: float
    coefficients: Tensor

    def scores(self, features: Features) -> Tensor:
        """One score a class, float32 `[n, c]`, near 1 for the right one and near 0 for others."""
        n = len(next(iter(features.values())))
        parts = []
        for start in range(0, n, _CHUNK):
            some = {name: features[name][start : start + _CHUNK] for name in self.weights}
            away = distances(some, self.features, self.weights)
            parts.append(torch.exp(-away / self.scale) @ self.coefficients)
        return torch.cat(parts) if parts else torch.zeros(0, self.coefficients.shape[1])


def distances(left: Features, right: Features, weights: Mapping[str, float]) -> Tensor:
    """Σ weight · ‖l − r‖² over the parts of `weights`, float32 `[n, m]`, for rows of length 1."""
    total = torch.zeros(len(next(iter(left.values()))), len(next(iter(right.values()))))
    for name, weight in weights.items():
        cosines = torch.from_numpy(left[name]) @ torch.from_numpy(right[name]).T
        total += weight * (2 - 2 * cosines).clamp_(min=0)
    return total


def fit_kernel(
    features: Features, targets: Tensor, weights: Mapping[str, float], ridges: tuple[float, ...] = RIDGES
) -> list[KernelMachine]:
    """A machine for each of `ridges`, from features `[n, d]` of length 1 by part and `targets` `[n, c]`.

    The scale is half the mean distance.
    """
    own = {name: features[name] for name in weights}
    away = distances(own, own, weights)
    scale = max(float(away.mean()) / 2, 1e-6)
    kernel = torch.exp(-away / scale)
    machines = []
    for ridge in ridges:
        system = kernel + ridge * torch.eye(len(kernel))
        coefficients = torch.cholesky_solve(targets, torch.linalg.cholesky(system))
        machines.append(KernelMachine(own, dict(weights), scale, coefficients))
    return machines


def one_hot(labels: Int64, n_classes: int) -> Tensor:
    """1 at each row's class, float32 `[n, n_classes]`; zeros where the class is unknown (below 0)."""
    hot = torch.zeros(len(labels), n_classes)
    known = np.flatnonzero(labels >= 0)
    hot[torch.from_numpy(known), torch.from_numpy(labels[known])] = 1.0
    return hot
