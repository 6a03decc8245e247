"""How well groups of vectors stand apart, told from the vectors alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
_BLOCK = 1 << 22  # cosines held at once


def silhouette(vectors: Vectors, labels: npt.NDArray[np.integer], rows: npt.NDArray[np.int64]) -> float:
    """The mean of (b − a) / max(a, b) over the vectors at `rows`, −1…1, higher is better (Rousseeuw 1987).

    a is the mean distance 1 − cosine of a vector to the others of its group, b the least mean distance to
    another group. `vectors` `[n, dim]` are unit, `labels` `[n]` say the group, below 0 for none. The figure
    is exact though no pair is looked at: the mean cosine with a group is the product with the group's mean.
    A vector alone in its group counts 0, as do all where there is one group; one without a group is left out.
    0 where no row is left. Costs rows · groups · dim.
    """
    found, group = np.unique(labels[labels >= 0], return_inverse=True)
    place = np.full(len(labels), -1)
    place[labels >= 0] = group
    kept = rows[place[rows] >= 0]
    if len(found) < 2 or not len(kept):
        return 0.0
    sums = np.zeros((len(found), vectors.shape[1]))
    np.add.at(sums, group, vectors[labels >= 0])
    sizes = np.bincount(group)
    total = 0.0
    step = max(_BLOCK // len(found), 1)
    for start in range(0, len(kept), step):
        total += _sum_of(vectors, kept[start : start + step], place, sums, sizes)
    return total / len(kept)


def _sum_of(
    vectors: Vectors,
    rows: npt.NDArray[np.int64],
    place: npt.NDArray[np.int64],
    sums: npt.NDArray[np.float64],
    sizes: npt.NDArray[np.int64],
) -> float:
    """The sum of the silhouettes of some rows."""
    own, each = place[rows], np.arange(len(rows))
    products = vectors[rows].astype(np.float64) @ sums.T
    length = np.einsum("nd,nd->n", vectors[rows], vectors[rows], dtype=np.float64)
    others = sizes[own] - 1
    a = 1 - (products[each, own] - length) / np.maximum(others, 1)
    far = 1 - products / sizes
    far[each, own] = np.inf
    b = far.min(axis=1)
    apart = (b - a) / np.maximum(np.maximum(a, b), 1e-12)
    return float(apart[others > 0].sum())
