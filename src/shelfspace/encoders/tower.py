"""A Hugging Face text model as a module that learns: token numbers → one pooled state a text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from shelfspace.encoders.pretrained import Pooling
from shelfspace.encoders.tokens import Int64

Tokens = Sequence[Sequence[int]]


class TextTower(nn.Module):
    """`model` with its pooling; batches are padded, and padding changes nothing but rounding."""

    def __init__(self, model: nn.Module, pooling: Pooling, padding: int = 0) -> None:
        super().__init__()
        self.model = model
        self.pooling = pooling
        self.padding = padding

    def forward(self, tokens: Tokens) -> Tensor:
        """The pooled last hidden state of each text, float32 `[n, hidden]`; texts hold one token or more."""
        device = next(self.model.parameters()).device
        rows = [torch.tensor(text) for text in tokens]
        ids = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=self.padding).to(device)
        lengths = torch.tensor([len(text) for text in tokens], device=device)
        mask = torch.arange(ids.shape[1], device=device)[None, :] < lengths[:, None]
        states: Tensor = self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        states = states.float()
        if self.pooling == "cls":
            return states[:, 0]
        if self.pooling == "last":
            return states[torch.arange(len(ids), device=device), lengths - 1]
        return (states * mask[..., None]).sum(dim=1) / lengths[:, None]


def batches_by_length(
    lengths: Int64, batch_size: int, rng: np.random.Generator, *, window: int = 20
) -> list[Int64]:
    """Batches of places in random order, each of texts about equally long: little is spent on padding.

    Texts are shuffled, then sorted within windows of `window` batches: random enough to learn from.
    """
    order = rng.permutation(len(lengths))
    batches: list[Int64] = []
    for start in range(0, len(order), batch_size * window):
        part = order[start : start + batch_size * window]
        part = part[np.argsort(lengths[part], kind="stable")]
        batches += [part[first : first + batch_size] for first in range(0, len(part), batch_size)]
    rng.shuffle(batches)
    return batches
