"""Spectral factors: users and products, or an item and the next one, in closed form."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral.svd import FloatMatrix, truncated_svd


class SpectralFactors(NamedTuple):
    """`left` [n, k] and `right` [m, k] float32, whose products score nearness, and `values` [k]."""

    left: FloatMatrix
    right: FloatMatrix
    values: FloatMatrix


def normalised_cooccurrence(matrix: Any, left_exponent: float = 0.5, right_exponent: float = 0.5) -> Any:
    """`matrix` [n, m] with row i divided by (its sum)^`left_exponent` and column j likewise, as float32 CSR.

    With both exponents ½ this is the normalised adjacency of HaoChen et al. 2021 (section 3.1); exponents
    below ½ temper the correction for popularity. Empty rows and columns stay empty. Raises `OptionError`
    for negative or non-finite entries.
    """
    counts = scipy.sparse.csr_array(matrix, dtype=np.float32)
    if not (np.isfinite(counts.data).all() and (counts.data >= 0).all()):
        raise OptionError(
            "The co-occurrence matrix has negative or non-finite entries.",
            "Entries count or weigh how often two views occur together.",
            "Clip or drop them first.",
        )
    rows, columns = _degrees(counts)
    left = scipy.sparse.diags_array(_power(rows, -left_exponent))
    right = scipy.sparse.diags_array(_power(columns, -right_exponent))
    return scipy.sparse.csr_array(left @ counts @ right, dtype=np.float32)


def spectral_factors(
    matrix: Any,
    k: int,
    *,
    left_exponent: float = 0.5,
    right_exponent: float = 0.5,
    left_power: float = 0.0,
    right_power: float = 0.0,
    seed: int = 0,
    tolerance: float = 1e-3,
) -> SpectralFactors:
    """Vectors of rows and columns from the truncated SVD U S Vᵀ of the normalised co-occurrence.

    `left` is p^`left_power` · U√S and `right` is q^`right_power` · V√S, where p and q are the rows' and
    columns' shares of the total. Both powers at −½ give the minimum of `spectral_contrastive` over the whole
    population (HaoChen et al. 2021, section 3.2: f*(x) = F*ₓ / √wₓ), which is pointwise mutual information
    and ignores popularity; `right_power=0.5` puts it back, as a recommender wants.

    Differs from the paper: exponents and powers are free, and rows and columns may be different things.

    Empty rows and columns get zero vectors. Raises `OptionError` as `normalised_cooccurrence` and
    `truncated_svd` do.
    """
    counts = scipy.sparse.csr_array(matrix, dtype=np.float32)
    normalised = normalised_cooccurrence(counts, left_exponent, right_exponent)
    left, values, right = truncated_svd(normalised, k, seed=seed, tolerance=tolerance)
    rows, columns = _degrees(counts)
    total = float(rows.sum()) or 1.0
    root = np.sqrt(values)
    return SpectralFactors(
        (_power(rows / total, left_power)[:, None] * left * root).astype(np.float32),
        (_power(columns / total, right_power)[:, None] * right * root).astype(np.float32),
        values,
    )


def _degrees(counts: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return (
        np.asarray(counts.sum(axis=1, dtype=np.float64)).ravel(),
        np.asarray(counts.sum(axis=0, dtype=np.float64)).ravel(),
    )


def _power(degrees: npt.NDArray[np.float64], exponent: float) -> npt.NDArray[np.float64]:
    """`degrees` to the power, with 0 for degree 0 whatever the exponent."""
    powers = np.zeros_like(degrees)
    np.power(degrees, exponent, out=powers, where=degrees > 0)
    return powers
