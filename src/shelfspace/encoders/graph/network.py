"""A network of accounts as a sparse matrix: who is connected with whom, and how tightly."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_CHUNK = 2_000  # rows whose common neighbours are counted at once


def adjacency(edges: Int64, n: int) -> Any:
    """The sparse matrix [n, n] that is 1 for each of the undirected `edges` [m, 2]; each given once."""
    ones = np.ones(2 * len(edges), np.float32)
    rows, columns = (np.concatenate([edges[:, a], edges[:, b]]) for a, b in ((0, 1), (1, 0)))
    return scipy.sparse.csr_array((ones, (rows, columns)), shape=(n, n))


def averaging(network: Any) -> Any:
    """The matrix [n, n] that gives each account the mean of its neighbours; 0 for those without any."""
    degrees = network.sum(axis=1)
    scale = scipy.sparse.diags_array(1 / np.maximum(degrees, 1).astype(np.float32))
    return scipy.sparse.csr_array(scale @ network)


def triangles(network: Any) -> Float64:
    """How many triangles each account stands in, [n]: pairs of its neighbours that are neighbours."""
    parts = [
        (network[start : start + _CHUNK] @ network).multiply(network[start : start + _CHUNK]).sum(axis=1)
        for start in range(0, network.shape[0], _CHUNK)
    ]
    return np.asarray(np.concatenate(parts) / 2, np.float64) if parts else np.zeros(0)


def embeddedness(network: Any) -> Float64:
    """How many neighbours an account shares with one of its own on average, [n]: 2 triangles / degree.

    High only within a dense block of many: a clique of m gives m − 2, a hub among strangers 0. 0 for accounts
    without neighbours.
    """
    return np.asarray(2 * triangles(network) / np.maximum(network.sum(axis=1), 1), np.float64)
