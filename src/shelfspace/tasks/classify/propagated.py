"""Classes of things without a label, from those of their neighbours: spread over the graph of nearness."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, diags_array

from shelfspace.tasks.classify.kernel import Float32, Int64

_SHARPNESS = 10.0  # exp(10 · cosine): what a neighbour's nearness weighs
_STEPS = 30
_CHUNK = 1024


def propagated(
    features: Float32, labels: Int64, opinions: Float32, *, k: int = 10, spread: float = 0.9
) -> Float32:
    """Probabilities float32 `[n, c]` that rows add up to 1: each row's own, and those of rows near it.

    `features` are unit rows `[n, d]`, `labels` int64 `[n]`, below 0 where unknown, and `opinions` what is
    thought of each row so far, `[n, c]`. Every row starts with its label, or else its opinion, and takes the
    share `spread` from its `k` nearest neighbours again and again (Zhou et al. 2004, section 2). What comes
    out is squared, as averages are too unsure, and rows with a label keep it. No row gives none.

    Differs from the paper: the unlabelled start with opinions and not with nothing; neighbours are k.
    """
    start = np.array(opinions, np.float32)
    known = np.flatnonzero(labels >= 0)
    start[known] = 0
    start[known, labels[known]] = 1
    if len(start) < 2:
        return start
    graph = _graph(features, min(k, len(features) - 1))
    found = start
    for _ in range(_STEPS):
        found = spread * (graph @ found) + (1 - spread) * start
    found = found**2
    found /= np.maximum(found.sum(axis=1, keepdims=True), 1e-12)
    found[known] = start[known]
    return np.asarray(found, np.float32)


def _graph(features: Float32, k: int) -> csr_array:
    """The neighbours' weights, the same in both directions, divided by the roots of both rows' sums."""
    n = len(features)
    nearest, weights = np.empty((n, k), np.int64), np.empty((n, k), np.float32)
    for first in range(0, n, _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, n))
        scores = features[rows] @ features.T
        scores[np.arange(len(rows)), rows] = -np.inf
        nearest[rows] = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        weights[rows] = np.exp(_SHARPNESS * (np.take_along_axis(scores, nearest[rows], axis=1) - 1))
    one_way = csr_array((weights.ravel(), nearest.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    both = one_way.maximum(one_way.T)
    scale = diags_array(1 / np.sqrt(both.sum(axis=1)))
    return csr_array(scale @ both @ scale, dtype=np.float32)
