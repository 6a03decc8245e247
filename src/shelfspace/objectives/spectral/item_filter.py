"""The linear filter on items: which items follow from one, by what users took together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral.factors import normalised_cooccurrence
from shelfspace.objectives.spectral.svd import SingularVectors

#: Cells of the dense block of items × items held at once: 8 M of them are 32 MiB.
_BLOCK = 1 << 23


def item_filter(
    matrix: Any, factors: SingularVectors | None = None, *, low_pass: float = 0.3, width: int = 500
) -> Any:
    """Weights [m, m] float32 CSR: how much an item in a history speaks for others, the `width` most a row.

    With R̃ the normalised `matrix` [n, m] (`normalised_cooccurrence`), V its right singular vectors in
    `factors` and D the items' degrees, it is R̃ᵀR̃ + `low_pass` · D^(−½) V Vᵀ D^(½): the Gram of items that
    the same users took, and the ideal low pass of the graph. Histories [u, m] times it are scores.

    Shen et al. 2021 (GF-CF), equations 8 and 9. Differs from the paper: only the largest weights of each row
    are kept, and without `factors` it is the Gram alone.

    Rows are made a block at a time, so memory stays near `width` · m. Items that nobody took have empty rows.
    Raises `OptionError` for a `width` below 1 and what `normalised_cooccurrence` refuses.
    """
    if width < 1:
        raise OptionError(f"width is {width}.", "An item keeps one neighbour at least.", "Ask for ≥ 1.")
    counts = scipy.sparse.csr_array(matrix, dtype=np.float32)
    together = normalised_cooccurrence(counts)
    m = together.shape[1]
    roots = np.sqrt(np.asarray(counts.sum(axis=0), np.float32).ravel())
    inverse = np.divide(low_pass, roots, out=np.zeros_like(roots), where=roots > 0)
    transposed = together.T.tocsr()
    step = max(1, _BLOCK // max(1, m))
    rows = []
    for start in range(0, m, step):
        here = slice(start, start + step)
        block = (transposed[here] @ together).toarray()
        if factors is not None and low_pass:
            block += (factors.right[here] * inverse[here, None]) @ (factors.right * roots[:, None]).T
        rows.append(largest(block, width))
    kept = scipy.sparse.vstack(rows, format="csr") if rows else together.T @ together
    return scipy.sparse.csr_array(kept, dtype=np.float32)


def largest(block: npt.NDArray[np.float32], width: int) -> Any:
    """The `width` largest positive entries of each row [b, m] as CSR, columns in order."""
    b, m = block.shape
    if width < m:
        chosen = np.sort(np.argpartition(block, m - width, axis=1)[:, m - width :], axis=1)
        values = np.take_along_axis(block, chosen, axis=1)
    else:
        chosen, values = np.tile(np.arange(m), (b, 1)), block
    kept = values > 0
    starts = np.append(0, kept.sum(axis=1).cumsum())
    return scipy.sparse.csr_array((values[kept], chosen[kept], starts), shape=(b, m))
