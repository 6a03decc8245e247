"""Long features to short ones: their leading directions, each photo's brought to length one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from shelfspace.encoders.image.handmade import Float32

_SAMPLE = 8000  # photos that the directions are found from; more change them little
_ITERATIONS = 3


@dataclass(frozen=True)
class Reduction:
    """Principal components: (features − `mean` [d]) @ `basis` [d, k], normalised."""

    mean: Float32
    basis: Float32

    @property
    def dim(self) -> int:
        """The length of a reduced row."""
        return int(self.basis.shape[1])

    def of(self, features: Float32) -> Float32:
        """Unit float32 rows `[n, k]`; a row equal to the mean becomes zero."""
        reduced = (features - self.mean) @ self.basis
        lengths = np.linalg.norm(reduced, axis=1, keepdims=True)
        return np.asarray(reduced / np.maximum(lengths, 1e-12), np.float32)


def fit_reduction(features: Float32, dim: int, *, seed: int = 0, evenness: float = 0.0) -> Reduction:
    """The leading `dim` directions of `features` `[n, d]`, fewer where n or d is smaller.

    Each keeps its spread; with an `evenness` of 1 all have the same, and between 0 and 1 something between.

    Randomised subspace iteration (Halko et al. 2011, algorithm 4.4). Directions without any spread stay out,
    so features that are all alike reduce to rows of the length 1 that are zero.
    """
    rng = np.random.default_rng(seed)
    rows = features if len(features) <= _SAMPLE else features[rng.permutation(len(features))[:_SAMPLE]]
    mean = rows.mean(axis=0) if len(rows) else np.zeros(features.shape[1])
    centred = torch.from_numpy(np.asarray(rows - mean, np.float32))
    k = min(dim, *centred.shape)
    probes = torch.from_numpy(rng.standard_normal((centred.shape[1], min(k + 16, *centred.shape))))
    subspace = torch.linalg.qr(centred @ probes.float())[0]
    for _ in range(_ITERATIONS):
        subspace = torch.linalg.qr(centred @ torch.linalg.qr(centred.T @ subspace)[0])[0]
    _, values, basis = torch.linalg.svd(subspace.T @ centred, full_matrices=False)
    kept = int((values[:k] > 1e-6 * max(float(values[:1].sum()), 1e-6)).sum())
    n = max(kept, 1)
    directions = (basis[:n].T / values[:n].clamp(min=1e-12) ** evenness).contiguous().numpy()
    if not len(directions[0]):
        directions = np.zeros((features.shape[1], 1), np.float32)
    return Reduction(np.asarray(mean, np.float32), np.asarray(directions, np.float32))
