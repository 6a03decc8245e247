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
    matrix: Any,
    factors: SingularVectors | None = None,
    *,
    low_pass: float = 1.0,
    popularity_power: float = 0.0,
    width: int = 500,
) -> Any:
    """Weights [m, m] float32 CSR: how much an item in a history speaks for others, the `width` most a row.

    With R̃ the normalised `matrix` [n, m] (`normalised_cooccurrence`), V its right singular vectors in
    `factors` and D the items' degrees, it is D^(−½) (R̃ᵀR̃ D^p + `low_pass` · V Vᵀ D^(p)) with p the
    `popularity_power`: the Gram of neighbours who took both, and the ideal low pass of the graph, each with
    the item's own popularity taken off on the side of the history. Histories times it are scores.

    Shen et al. 2021 (GF-CF), equations 9 and 11. Differs from the paper: the history's side of the Gram is
    divided by the root of the degree too, the power on the other side is free, only the largest weights of
    each row are kept, and without `factors` it is the Gram alone.

    Rows are made a block at a time, so memory stays near `width` · m. Items that nobody took have empty rows.
    Raises `OptionError` for a `width` below 1 and what `normalised_cooccurrence` refuses.
    """
    if width < 1:
        raise OptionError(f"width is {width}.", "An item keeps one neighbour at least.", "Ask for ≥ 1.")
    counts = scipy.sparse.csr_array(matrix, dtype=np.float32)
    together = normalised_cooccurrence(counts)
    m = together.shape[1]
    degrees = np.asarray(counts.sum(axis=0), np.float32).ravel()
    taken = np.maximum(degrees, np.finfo(np.float32).tiny)
    out, back = ((taken**power * (degrees > 0)).astype(np.float32) for power in (popularity_power, -0.5))
    transposed = together.T.tocsr()
    step = max(1, _BLOCK // max(1, m))
    rows = []
    for start in range(0, m, step):
        block = (transposed[start : start + step] @ together).toarray()
        if factors is not None and low_pass:
            block += (low_pass * factors.right[start : start + step]) @ factors.right.T
        block *= out * back[start : start + step, None]
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
