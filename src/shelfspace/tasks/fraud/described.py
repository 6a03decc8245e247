"""Accounts as columns a model can learn from: themselves, their surroundings, the contrast, their block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from shelfspace.data.accounts import Accounts
from shelfspace.encoders.graph.network import adjacency
from shelfspace.encoders.graph.surroundings import surroundings
from shelfspace.objectives.spectral.svd import truncated_svd
from shelfspace.tasks.fraud.known_neighbours import known_neighbours
from shelfspace.tasks.fraud.misfit import Misfit, misfits

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]

_BLOCKS = 16  # singular vectors of the network
_DIM = 16  # of the learned vectors


@dataclass(frozen=True)
class Described:
    """Columns [n] of each account that need no label, the network they rest on, and the contrast."""

    columns: dict[str, Float32]
    network: Any
    misfit: Misfit

    @classmethod
    def of(cls, accounts: Accounts, *, steps: int = 400, seed: int = 0) -> Described:
        """Surroundings, contrast with the neighbourhood, and place in the network, of each account."""
        network = adjacency(accounts.edges, len(accounts))
        misfit = misfits(accounts.features, network, steps=steps, seed=seed)
        columns = surroundings(accounts.features, accounts.columns, network)
        connected = (np.diff(network.indptr) > 0)[:, None]
        columns |= {
            "misfit": misfit.scores.astype(np.float32),
            "likeness to neighbours": misfit.own.astype(np.float32),
            **_numbered("learned vector", misfit.accounts[:, :_DIM]),
            **_numbered("learned vector of neighbours", (misfit.places * connected)[:, :_DIM]),
            **_numbered("block of the network", _blocks(network, seed)),
        }
        return cls(columns, network, misfit)

    def table(self, labels: Int64) -> tuple[Float32, list[str]]:
        """All columns [n, c] and their names, with what `labels` [n] say of neighbours, never of oneself."""
        columns = self.columns | known_neighbours(self.network, labels)
        return np.column_stack(list(columns.values())), list(columns)


def _blocks(network: Any, seed: int) -> Float32:
    """Singular vectors [n, ≤ 16] of the normalised network, long as their values: who sits in one block."""
    n = network.shape[0]
    if not network.nnz:
        return np.zeros((n, 0), np.float32)
    scale = scipy.sparse.diags_array(1 / np.sqrt(np.maximum(network.sum(axis=1), 1)))
    found = truncated_svd(scale @ network @ scale, min(_BLOCKS, n), seed=seed)
    return np.asarray(found.left * found.values, np.float32)


def _numbered(name: str, values: Float32) -> dict[str, Float32]:
    return {f"{name} {place + 1}": values[:, place] for place in range(values.shape[1])}
