"""Batches larger than memory: encode in chunks, and again when the gradient comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from shelfspace.errors import OptionError

Chunk = TypeVar("Chunk")


def cached_vectors(encode: Callable[[Chunk], Tensor], chunks: Iterable[Chunk]) -> Tensor:
    """The vectors [n, d] of all `chunks` in order, at the memory of one chunk's activations.

    Any objective can follow: its value and gradients are those of encoding everything at once (up to the
    order of floating-point sums), since each chunk is encoded again, with the same random state, when
    backward reaches it. This is the gradient cache of Gao et al. 2021 (section 3.2, equations 5–7).

    Differs from the paper: the second encoding is left to autograd's recomputation, so that `backward` on
    the loss is all that a training loop calls.

    `encode` runs twice for each chunk: it must be a function of the chunk and of torch's random state. Layers
    with batch statistics see one chunk at a time and update their running averages twice. Raises
    `OptionError` for no chunk at all, as d would be unknown.
    """
    encoded = [
        checkpoint(encode, chunk, use_reentrant=False) if torch.is_grad_enabled() else encode(chunk)
        for chunk in chunks
    ]
    if not encoded:
        raise OptionError("There is no chunk.", "One or more are needed.", "Leave out empty batches.")
    return torch.cat(encoded)
