"""Canonical correlation: two modalities of one thing in a common space, in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Correlation:
    """Two linear maps into a common space of k dimensions, the most correlated first.

    `left_map` [p, k] and `right_map` [q, k] act on rows less `left_mean` and `right_mean`.
    """

    left_map: Matrix
    right_map: Matrix
    left_mean: Matrix
    right_mean: Matrix
    correlations: Matrix

    def left(self, features: npt.NDArray[np.floating]) -> Matrix:
        """The common vectors [n, k] of left features [n, p], float32, not normalised."""
        return np.asarray((features - self.left_mean) @ self.left_map, dtype=np.float32)

    def right(self, features: npt.NDArray[np.floating]) -> Matrix:
        """The common vectors [n, k] of right features [n, q], float32, not normalised."""
        return np.asarray((features - self.right_mean) @ self.right_map, dtype=np.float32)


def canonical_correlation(
    left: npt.NDArray[np.floating], right: npt.NDArray[np.floating], k: int, regularisation: float = 1e-3
) -> Correlation:
    """The maps that make paired rows of `left` [n, p] and `right` [n, q] most correlated.

    Hotelling (1936), regularised as ridge CCA (Vinod 1976): the k leading singular vectors of
    Cxx^(−½) Cxy Cyy^(−½), taken back through the whitening, where Cxx carries `regularisation` times its
    mean variance on the diagonal. It is the optimum of `spectral_contrastive` for linear encoders of the two
    modalities (the normalised co-occurrence in feature space); every direction has unit variance before
    regularisation, so scale by `correlations` to weigh the surer ones higher.

    Differs from the papers: the ridge is relative to the mean variance, so it suits any scale of features.

    A feature that never varies gets no weight. Raises `OptionError` unless both have the same n ≥ 2 rows,
    1 ≤ k ≤ min(p, q), `regularisation` ≥ 0 and all entries are finite.
    """
    _check(left, right, k, regularisation)
    x, left_mean = _centred(left)
    y, right_mean = _centred(right)
    x_whitening = _whitening(x, regularisation)
    y_whitening = _whitening(y, regularisation)
    between = x_whitening.T @ (x.T @ y / len(x)) @ y_whitening
    u, correlations, v = np.linalg.svd(between, full_matrices=False)
    return Correlation(
        (x_whitening @ u[:, :k]).astype(np.float32),
        (y_whitening @ v[:k].T).astype(np.float32),
        left_mean.astype(np.float32),
        right_mean.astype(np.float32),
        correlations[:k].astype(np.float32),
    )


def _centred(features: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    wide = np.asarray(features, dtype=np.float64)
    mean = wide.mean(axis=0)
    return wide - mean, mean


def _whitening(centred: npt.NDArray[np.float64], regularisation: float) -> npt.NDArray[np.float64]:
    covariance = centred.T @ centred / len(centred)
    energies, directions = np.linalg.eigh(covariance)
    ridge = regularisation * float(energies.mean())
    # Directions of no variance hold rounding noise, which whitening would blow up.
    kept = energies > 1e-10 * max(float(energies[-1]), np.finfo(np.float64).tiny)
    scales = np.zeros_like(energies)
    scales[kept] = 1.0 / np.sqrt(energies[kept] + ridge)
    whitening: npt.NDArray[np.float64] = directions * scales
    return whitening


def _check(
    left: npt.NDArray[np.floating], right: npt.NDArray[np.floating], k: int, regularisation: float
) -> None:
    paired = left.ndim == right.ndim == 2 and len(left) == len(right) >= 2
    if not paired or not 1 <= k <= min(left.shape[1], right.shape[1]) or regularisation < 0:
        raise OptionError(
            f"left is {left.shape}, right {right.shape}; k is {k}, regularisation {regularisation}.",
            "Both have the same two or more rows, 1 ≤ k ≤ the narrower width, and regularisation ≥ 0.",
            "Pair the rows one to one, or ask for fewer dimensions.",
        )
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise OptionError("Some features are NaN or infinite.", "All are finite.", "Drop or fill them first.")
