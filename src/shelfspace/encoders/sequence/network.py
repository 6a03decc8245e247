"""A causal transformer over what was taken, of the size of SASRec."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.encoders.sequence.items import ItemTower
from shelfspace.encoders.sequence.steps import GAP_LEVELS, Steps
from shelfspace.errors import OptionError


@dataclass(frozen=True)
class SequenceShape:
    """`layers` of `heads` over vectors of `dim`, whose inner layer is `widening` times as wide.

    The last `window` steps are read. `gaps` adds the time since the step before, `n_kinds` > 0 the kind of
    event. Raises `OptionError` for a figure out of range.
    """

    dim: int = 64
    layers: int = 2
    heads: int = 2
    widening: int = 4
    window: int = 50
    dropout: float = 0.2
    forgetting: float = 0.1
    gaps: bool = False
    n_kinds: int = 0

    def __post_init__(self) -> None:
        sizes = (self.dim, self.layers, self.heads, self.widening, self.window)
        shares = (self.dropout, self.forgetting)
        if min(sizes) < 1 or self.dim % self.heads or not all(0 <= share < 1 for share in shares):
            raise OptionError(
                f"The shape is {asdict(self)}.",
                "Sizes are at least 1, dim is a multiple of heads, shares are in 0…1.",
                "64, 2 layers and 2 heads are usual.",
            )

    def plain(self) -> dict[str, Any]:
        """Its fields as JSON has them."""
        return asdict(self)


class SequenceNetwork(nn.Module):
    """Steps [B, L] → states [B, L, dim]: the state after each step, near the vector of the item that is next.

    Pre-norm blocks; a step sees itself and the ones before it. Where a step stands is told by how far it lies
    behind the one that looks at it (a bias for each distance and head), so a history means the same wherever
    it is cut off, and the newest steps are told apart best.
    """

    def __init__(self, shape: SequenceShape, n_items: int, products: Tensor | None = None) -> None:
        super().__init__()
        self.shape = shape
        self.items = ItemTower(n_items, shape.dim, products, shape.forgetting)
        self.gaps = nn.Embedding(GAP_LEVELS, shape.dim) if shape.gaps else None
        self.kinds = nn.Embedding(shape.n_kinds, shape.dim) if shape.n_kinds else None
        self.blocks = nn.ModuleList(_Block(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.dim)
        self.dropout = nn.Dropout(shape.dropout)
        _begin(self)

    def forward(self, steps: Steps) -> Tensor:
        """The states [B, L, dim]; those behind a history's end mean nothing."""
        states = self.items(steps.items) * math.sqrt(self.shape.dim)
        if self.gaps is not None and steps.gaps is not None:
            states = states + self.gaps(steps.gaps)
        if self.kinds is not None and steps.kinds is not None:
            states = states + self.kinds(steps.kinds)
        states = self.dropout(states)
        places = torch.arange(steps.items.shape[1], device=states.device)
        behind = places[:, None] - places[None, :]
        for block in self.blocks:
            states = block(states, behind)
        normed: Tensor = self.norm(states)
        return normed


class _Block(nn.Module):
    """Attention to the steps before, then two layers for each step, both added to what came in."""

    def __init__(self, shape: SequenceShape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.attention_norm, self.inner_norm = nn.LayerNorm(shape.dim), nn.LayerNorm(shape.dim)
        self.asked = nn.Linear(shape.dim, 3 * shape.dim)
        self.answered = nn.Linear(shape.dim, shape.dim)
        self.wide = nn.Linear(shape.dim, shape.widening * shape.dim)
        self.narrow = nn.Linear(shape.widening * shape.dim, shape.dim)
        self.distance = nn.Parameter(torch.zeros(shape.heads, shape.window))
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, states: Tensor, behind: Tensor) -> Tensor:
        states = states + self.dropout(self._attend(self.attention_norm(states), behind))
        inner = functional.gelu(self.wide(self.inner_norm(states)))
        after: Tensor = states + self.dropout(self.narrow(inner))
        return after

    def _attend(self, states: Tensor, behind: Tensor) -> Tensor:
        batch, length, dim = states.shape
        parts = self.asked(states).view(batch, length, 3, self.heads, dim // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        bias = self.distance[:, behind.clamp(min=0)].masked_fill(behind < 0, -torch.inf)
        found = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=bias[None].to(query.dtype)
        )
        answer: Tensor = self.answered(found.transpose(1, 2).reshape(batch, length, dim))
        return answer


def _begin(network: SequenceNetwork) -> None:
    """Small random weights; gaps and kinds say nothing at first."""
    for part in network.modules():
        if isinstance(part, nn.Linear):
            nn.init.normal_(part.weight, std=0.03)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    nn.init.normal_(network.items.ids.weight, std=1 / math.sqrt(network.shape.dim))
    for feature in (network.gaps, network.kinds):
        if feature is not None:
            nn.init.zeros_(feature.weight)
