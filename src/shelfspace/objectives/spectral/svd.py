"""The leading singular vectors of a large sparse matrix."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse

from shelfspace.errors import OptionError

FloatMatrix = npt.NDArray[np.float32]

#: Up to this many columns the Gram matrix is decomposed densely: faster, and exact.
_DENSE_COLUMNS = 1024


class SingularVectors(NamedTuple):
    """`matrix ≈ left @ diag(values) @ right.T`: orthonormal [n, k] and [m, k], values largest first."""

    left: FloatMatrix
    values: FloatMatrix
    right: FloatMatrix


def truncated_svd(
    matrix: Any, k: int, *, seed: int = 0, tolerance: float = 1e-3, max_rounds: int = 20
) -> SingularVectors:
    """The k largest singular values of `matrix` [n, m] and their vectors, all float32, largest first.

    Block Krylov iteration (Musco & Musco 2015, algorithm 2) in block-Lanczos form, restarted with the best
    Ritz vectors so that memory stays near 3k columns over the shorter side, until every wanted vector v has
    ‖AᵀA v − σ² v‖ ≤ `tolerance` · σ₁ σ, or `max_rounds` restarts are done. Small matrices are decomposed
    densely. The same matrix, k and seed give the same result; the largest component of every right vector is
    positive. Where the rank is below k, the surplus values are 0 beside arbitrary orthonormal vectors.

    Differs from the paper: the Krylov basis grows block by block and stops on a measured residual, instead
    of a number of iterations fixed in advance.

    `matrix` is anything that `scipy.sparse.csr_array` takes. Raises `OptionError` unless
    1 ≤ k ≤ min(n, m) and all entries are finite.

    >>> truncated_svd(np.diag([3.0, 1.0, 2.0]), 2).values.tolist()
    [3.0, 2.0]
    """
    rows = scipy.sparse.csr_array(matrix, dtype=np.float32)
    _check(rows, k)
    if rows.shape[0] < rows.shape[1]:
        flipped = truncated_svd(rows.T, k, seed=seed, tolerance=tolerance, max_rounds=max_rounds)
        return _with_fixed_signs(flipped.right, flipped.values, flipped.left)
    width = max(16, -(-k // 4))
    if rows.shape[1] <= max(_DENSE_COLUMNS, 10 * width + 4 * k):
        subspace = _gram_subspace(rows, k)
    else:
        subspace = _krylov_subspace(rows, k, width, np.random.default_rng(seed), tolerance, max_rounds)
    return _decompose_within(rows, subspace, k)


def _check(rows: Any, k: int) -> None:
    if not 1 <= k <= min(rows.shape):
        raise OptionError(
            f"k is {k} for a matrix of {rows.shape[0]} × {rows.shape[1]}.",
            f"A truncated SVD needs 1 ≤ k ≤ {min(rows.shape)}.",
            "Ask for fewer dimensions, or give it more data.",
        )
    if not np.isfinite(rows.data).all():
        raise OptionError(
            "The matrix has NaN or infinite entries.", "All entries are finite.", "Drop or fill them first."
        )


def _gram_subspace(rows: Any, k: int) -> FloatMatrix:
    """The k leading eigenvectors [m, k] of the dense Gram matrix; float64, as squaring halves the digits."""
    wide = rows.astype(np.float64)
    vectors = np.linalg.eigh((wide.T @ wide).toarray())[1]
    return np.ascontiguousarray(vectors[:, ::-1][:, :k], dtype=np.float32)


def _krylov_subspace(
    rows: Any, k: int, width: int, rng: np.random.Generator, tolerance: float, max_rounds: int
) -> FloatMatrix:
    """An orthonormal basis [m, > k] that holds the k leading right singular vectors."""
    columns = rows.T.tocsr()
    m = rows.shape[1]
    kept = (-(-k // width) + 1) * width
    room = kept + max(2 * k // width, 4) * width
    basis = np.zeros((m, room), np.float32, order="F")  # grows by columns, so a column lies together
    gram = np.zeros((room, room))  # basisᵀ AᵀA basis
    filled = 0
    block = _orthonormal(rng.standard_normal((m, width), np.float32), basis[:, :0], rng)
    for _ in range(max_rounds):
        while filled < room:
            span = basis[:, : filled + width]
            span[:, filled:] = block
            image = columns @ (rows @ block)
            overlap = span.T @ image
            gram[: filled + width, filled : filled + width] = overlap
            gram[filled : filled + width, : filled + width] = overlap.T
            rest = image - span @ overlap
            block = _orthonormal(rest, span, rng)
            filled += width
        energies, vectors = np.linalg.eigh(gram)
        energies, ritz = energies[: -kept - 1 : -1], vectors[:, : -kept - 1 : -1].astype(np.float32)
        basis[:, :kept] = basis @ ritz
        # Only the last block's image leaves the span, so its share is the whole residual of a Ritz vector.
        residual = np.linalg.norm(rest @ ritz[-width:, :k], axis=0)
        values = np.sqrt(energies[:k].clip(min=0.0))
        if (residual <= tolerance * values[0] * values.clip(min=tolerance * values[0])).all():
            break
        gram[:] = 0.0
        gram[range(kept), range(kept)] = energies
        filled = kept
    return basis[:, :kept]


def _orthonormal(block: FloatMatrix, basis: FloatMatrix, rng: np.random.Generator) -> FloatMatrix:
    """Orthonormal columns that span `block` outside `basis`; directions already in it become random ones."""
    block = _frame(block)[0]
    for _ in range(5):
        block = block - basis @ (basis.T @ block)  # once more, as rounding left some of the basis in it
        lost = np.linalg.norm(block, axis=0) < 0.5
        if not lost.any():
            break
        block[:, lost] = rng.standard_normal((len(block), int(lost.sum())), np.float32)
        block = _frame(block)[0]
    return _frame(block)[0]


def _frame(block: FloatMatrix) -> tuple[FloatMatrix, FloatMatrix]:
    """The thin QR decomposition in float32 (numpy's would work in float64, at three times the cost)."""
    frame, triangle = scipy.linalg.qr(block, mode="economic", overwrite_a=True, check_finite=False)
    return frame, triangle


def _decompose_within(rows: Any, subspace: FloatMatrix, k: int) -> SingularVectors:
    """The k leading singular triples of `rows` restricted to `subspace`."""
    subspace = _frame(subspace)[0]  # restarts in float32 wear its orthogonality down
    frame, triangle = _frame(rows @ subspace)
    left, values, right = np.linalg.svd(triangle.astype(np.float64))
    return _with_fixed_signs(frame @ left[:, :k], values[:k], subspace @ right[:k].T)


def _with_fixed_signs(left: FloatMatrix, values: FloatMatrix, right: FloatMatrix) -> SingularVectors:
    peaks = np.take_along_axis(right, np.abs(right).argmax(axis=0)[None], axis=0)
    signs = np.where(peaks < 0, -1.0, 1.0)
    return SingularVectors(*(part.astype(np.float32) for part in (left * signs, values, right * signs)))
