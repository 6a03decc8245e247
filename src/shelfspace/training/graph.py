"""Users and items learned by contrast over their graph, from the closed form on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.graph.propagation import Graph, Sides, mean_of, propagate, pull_back
from shelfspace.objectives.infonce import infonce
from shelfspace.objectives.spectral import SingularVectors

#: Fewer events than so many macro-batches are shown in smaller ones.
_STEPS_AN_EPOCH = 8


@dataclass(frozen=True)
class GraphOptions:
    """How users and items are learned.

    Each of `epochs` shows every interaction once. Vectors are propagated over `layers` once for `macro` pairs
    (an eighth of all where these are fewer), which are then contrasted `micro` at a time, the other items of
    a micro-batch being the negatives.
    `correction` is the power of an item's share of all events by which its being drawn as a negative is
    corrected (logQ). `contrast` weighs the contrast of two layers under `noise` (XSimGCL).
    """

    layers: int = 2
    epochs: float = 10.0
    macro: int = 32_768
    micro: int = 1_024
    rate: float = 0.012
    temperature: float = 0.15
    correction: float = 0.5
    contrast: float = 0.0
    noise: float = 0.1
    noise_temperature: float = 0.2


def fit_graph(
    log: Interactions, start: SingularVectors, options: GraphOptions | None = None, *, seed: int = 0
) -> list[Sides]:
    """The vectors of users and items at each layer after training: the mean of the layers is what scores.

    `start` are the singular vectors of the normalised graph, which are the optimum of `spectral_contrastive`
    and so where learning begins; their number is the dimension. A log without events stays at the start. The
    same log, start, options and seed give the same vectors.
    """
    options = options or GraphOptions()
    matrix = log.matrix()
    graph = Graph.of(matrix)
    vectors = starting(start)
    chances = torch.from_numpy(log_shares(log)).float() * options.correction
    optimiser = torch.optim.Adam([vectors.users, vectors.items], lr=options.rate)
    macro = min(options.macro, max(options.micro, matrix.nnz // _STEPS_AN_EPOCH))
    steps = round(options.epochs * matrix.nnz / macro)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate_at(step, steps))
    draws = _draws(matrix, macro, seed)
    noise = options.noise if options.contrast else 0.0
    for step in range(steps):
        layers = propagate(graph, vectors, options.layers, noise, seed + step)
        found = pull_back(graph, _gradients(layers, next(draws), chances, options))
        vectors.users.grad, vectors.items.grad = found
        optimiser.step()
        scheduler.step()
    return propagate(graph, vectors, options.layers)


def starting(start: SingularVectors) -> Sides:
    """Layer 0 from singular vectors, scaled to a mean squared length of one for the items."""
    root = np.sqrt(start.values)
    users, items = (torch.from_numpy(np.ascontiguousarray(part * root)) for part in (start.left, start.right))
    scale = 1 / float(items.square().sum(dim=1).mean().sqrt().clamp_min(1e-12))
    ratio = (len(users) / max(len(items), 1)) ** 0.5
    return Sides((users * scale * ratio).requires_grad_(), (items * scale).requires_grad_())


def log_shares(log: Interactions) -> npt.NDArray[np.float64]:
    """The logarithm of each item's share of all events, an item without any counted as having one."""
    counts = np.maximum(log.popularity(), 1).astype(np.float64)
    return np.asarray(np.log(counts / counts.sum()))


def _rate_at(step: int, steps: int) -> float:
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return 0.05 + 0.475 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def _draws(matrix: Any, macro: int, seed: int) -> Iterator[Sides]:
    """Macro-batches of pairs, rows of users and items, without end: all in random order, again and again."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    left = np.zeros(0, np.int64)
    while True:
        while len(left) < macro:
            left = np.concatenate([left, rng.permutation(len(users))])
        now, left = left[:macro], left[macro:]
        yield Sides(torch.from_numpy(users[now]), torch.from_numpy(matrix.indices[now].astype(np.int64)))


def _gradients(layers: list[Sides], pairs: Sides, chances: Tensor, options: GraphOptions) -> list[Sides]:
    """The gradient of the macro-batch's mean loss at each layer."""
    final = _Leaves(mean_of(layers))
    near = _Leaves(layers[1]) if options.contrast else None
    parts = list(zip(*(torch.split(part, options.micro) for part in pairs), strict=True))
    for users, items in parts:
        loss = infonce(
            final.take(0, users),
            final.take(1, items),
            temperature=options.temperature,
            mask=items[:, None] == items[None, :],
            log_chances=chances[items],
            symmetric=False,
        )
        if near is not None:
            for side, rows in enumerate((users, items)):
                one = torch.unique(rows)
                views = final.take(side, one), near.take(side, one)
                loss = loss + options.contrast * infonce(*views, temperature=options.noise_temperature)
        (loss / len(parts)).backward()  # type: ignore[no-untyped-call]
        final.gather()
        if near is not None:
            near.gather()
    each = final.gradient.scaled(1 / len(layers))
    found = [each] * len(layers)
    if near is not None:
        found[1] = each + near.gradient
    return found


class _Leaves:
    """Vectors of which some rows at a time take part in a loss, and the gradient of all rows so far.

    Autograd would make a gradient of the whole table for each micro-batch.
    """

    def __init__(self, vectors: Sides) -> None:
        self.vectors = vectors
        self.gradient = Sides(torch.zeros_like(vectors.users), torch.zeros_like(vectors.items))
        self._taken: list[tuple[int, Tensor, Tensor]] = []

    def take(self, side: int, rows: Tensor) -> Tensor:
        """The vectors at `rows` of the users (0) or items (1), as a leaf."""
        leaf = self.vectors[side][rows].requires_grad_()
        self._taken.append((side, rows, leaf))
        return leaf

    def gather(self) -> None:
        """Add what backward left in the leaves to the gradient, and let them go."""
        for side, rows, leaf in self._taken:
            if leaf.grad is not None:
                self.gradient[side].index_add_(0, rows, leaf.grad)
        self._taken.clear()
