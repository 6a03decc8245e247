"""Propagation over the graph of users and items, forwards and backwards."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from shelfspace.objectives.spectral import normalised_cooccurrence


class Sides(NamedTuple):
    """A vector for each user [n_users, d] and for each item [n_items, d]."""

    users: Tensor
    items: Tensor

    def __add__(self, other: tuple[Any, ...]) -> Sides:
        return Sides(self.users + other[0], self.items + other[1])

    def scaled(self, factor: float) -> Sides:
        """Both sides times a number."""
        return Sides(self.users * factor, self.items * factor)


@dataclass(frozen=True)
class Graph:
    """The normalised adjacency of users and items, as sparse tensors both ways."""

    forwards: Tensor  # [n_users, n_items]
    backwards: Tensor  # [n_items, n_users]

    @classmethod
    def of(cls, matrix: Any) -> Graph:
        """The graph of a `matrix` [n_users, n_items]: an entry is divided by the root of both degrees."""
        normalised = normalised_cooccurrence(matrix)
        return cls(_tensor(normalised), _tensor(normalised.T.tocsr()))

    def spread(self, sides: Sides) -> Sides:
        """One step: a user gets the weighted sum of the vectors of their items, an item of its users."""
        return Sides(self.forwards @ sides.items, self.backwards @ sides.users)


def propagate(graph: Graph, start: Sides, layers: int, noise: float = 0.0, seed: int = 0) -> list[Sides]:
    """The vectors of each layer, `start` first and so `layers` + 1 of them; their mean is what LightGCN uses.

    He et al. 2020 (LightGCN), equations 7 and 8: a layer is the normalised adjacency times the one before.
    With `noise` a unit vector with the signs of the layer's own, times `noise`, is added to each vector of
    every layer but the first (SimGCL, Yu et al. 2022, equations 9 and 10).

    Nothing here is tracked by autograd: `pull_back` takes gradients from the layers to the start.
    """
    generator = torch.Generator().manual_seed(seed)
    found = [Sides(start.users.detach(), start.items.detach())]
    with torch.no_grad():
        for _ in range(layers):
            step = graph.spread(found[-1])
            if noise:
                step = Sides(*(part + noise * _noise_like(part, generator) for part in step))
            found.append(step)
    return found


def pull_back(graph: Graph, gradients: list[Sides]) -> Sides:
    """The gradient at the start, given the gradients at each layer of `propagate`, the start's own first.

    The adjacency is symmetric, so that gradients spread as vectors do; noise adds nothing to them.
    """
    with torch.no_grad():
        found = gradients[-1]
        for layer in reversed(gradients[:-1]):
            found = graph.spread(found) + layer
    return found


def mean_of(layers: list[Sides]) -> Sides:
    """The mean of the layers."""
    total = layers[0]
    for layer in layers[1:]:
        total = total + layer
    return total.scaled(1 / len(layers))


def _noise_like(vectors: Tensor, generator: torch.Generator) -> Tensor:
    drawn = torch.rand(vectors.shape, generator=generator)
    return torch.nn.functional.normalize(drawn, dim=1) * vectors.sign()


def _tensor(matrix: Any) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            matrix.shape,
            check_invariants=True,
        )
