"""Similarities of vectors in full precision, safe for zero vectors: the ground of every objective."""

from __future__ import annotations

import torch
from torch import Tensor

from shelfspace.errors import OptionError

#: A vector without any component above this is taken as the zero vector.
_NOTHING = 1e-12


def unit(vectors: Tensor) -> Tensor:
    """`vectors` [..., d] scaled to length 1, at least float32. A zero vector stays zero, its gradient too.

    Scaling by the largest component first keeps very long and very short vectors from overflowing.
    """
    wide = vectors if vectors.dtype in (torch.float32, torch.float64) else vectors.float()
    peak = wide.detach().abs().amax(dim=-1, keepdim=True)
    present = peak > _NOTHING
    scaled = wide / torch.where(present, peak, 1.0)
    norm = torch.linalg.vector_norm(scaled, dim=-1, keepdim=True)
    return torch.where(present, scaled / torch.where(present, norm, 1.0), 0.0)


def dots(left: Tensor, right: Tensor) -> Tensor:
    """The products left @ rightᵀ [n, m] in at least float32, under autocast too.

    Logits are similarities over a small temperature: eight bits of bfloat16 would not tell them apart.
    """
    with torch.autocast(left.device.type, enabled=False):
        wide = left if left.dtype == torch.float64 else left.float()
        return wide @ right.to(wide.dtype).T


def cosines(left: Tensor, right: Tensor) -> Tensor:
    """The cosine of every row of `left` [n, d] with every row of `right` [m, d]; 0 for zero vectors."""
    return dots(unit(left), unit(right))


def paired_cosines(left: Tensor, right: Tensor) -> Tensor:
    """The cosine of row i of `left` with row i of `right`: [n], 0 for zero vectors."""
    return (unit(left) * unit(right)).sum(dim=-1)


def check_pair(left: Tensor, right: Tensor) -> None:
    """Raise `OptionError` unless both are floating [n, d] of one shape."""
    check_vectors(left)
    if left.shape != right.shape:
        raise OptionError(
            f"The shapes are {tuple(left.shape)} and {tuple(right.shape)}.",
            "Row i of both shows one thing, so the shapes are equal.",
            "Pair the rows one to one.",
        )


def check_vectors(vectors: Tensor) -> None:
    """Raise `OptionError` unless `vectors` is a floating [n, d] with d ≥ 1."""
    if vectors.ndim != 2 or vectors.shape[1] == 0 or not vectors.is_floating_point():
        raise OptionError(
            f"The vectors have the shape {tuple(vectors.shape)} and the type {vectors.dtype}.",
            "An objective takes floating-point vectors [n, d] with d ≥ 1.",
            "Encode the batch first, one row a thing.",
        )


def check_shape(name: str, tensor: Tensor | None, shape: tuple[int, ...]) -> None:
    """Raise `OptionError` unless `tensor` is None or has `shape`."""
    if tensor is not None and tuple(tensor.shape) != shape:
        raise OptionError(
            f"{name} has the shape {tuple(tensor.shape)}.",
            f"It needs {shape}.",
            "Give one entry for each row.",
        )


def check_temperature(temperature: float | Tensor) -> None:
    """Raise `OptionError` unless the temperature is a positive number (a learnable tensor is trusted)."""
    if not isinstance(temperature, Tensor) and not 0 < temperature < float("inf"):
        raise OptionError(
            f"temperature is {temperature}.",
            "It is a finite number above 0.",
            "Usual values are 0.02 to 0.5.",
        )


def nothing(*vectors: Tensor) -> Tensor:
    """A zero that still hangs on the graph of `vectors`, so that backward gives zero gradients."""
    return torch.stack([(part * 0.0).sum() for part in vectors]).sum()
