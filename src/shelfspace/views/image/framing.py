"""Framing of photos as two matrix products: crop, mirror, resize and blur are linear by row and column."""

from __future__ import annotations

import torch
from torch import Tensor


def placements(start: Tensor, length: Tensor, n_in: int, n_out: int) -> Tensor:
    """The matrices [n, n_out, n_in] that resize the stretch of each photo from `start` over `length` pixels.

    Weights are a triangle as wide as an output pixel, at least as wide as an input pixel, so that shrinking
    averages and enlarging interpolates; each row sums to 1. `start` and `length` are [n], within [0, n_in].
    A negative length, with `start` at the far end, mirrors.
    """
    step = length / n_out
    centres = start[:, None] + (torch.arange(n_out, device=start.device) + 0.5) * step[:, None]
    places = torch.arange(n_in, device=start.device) + 0.5
    width = step.abs().clamp_min(1.0)[:, None, None]
    weights = torch.relu(1.0 - (places - centres[:, :, None]).abs() / width)
    return weights / weights.sum(dim=2, keepdim=True)


def blurs(sigma: Tensor, n: int) -> Tensor:
    """The matrices [len(sigma), n, n] of a Gaussian blur by `sigma` pixels each, rows summing to 1."""
    places = torch.arange(n, device=sigma.device, dtype=sigma.dtype)
    squared = (places[:, None] - places[None, :]).square()
    weights = torch.exp(-squared / (2 * sigma.clamp_min(1e-3).square())[:, None, None])
    return weights / weights.sum(dim=2, keepdim=True)


def framed(pixels: Tensor, down: Tensor, across: Tensor) -> Tensor:
    """The photos [n, h, w, 3] brought by `down` [n, o, h] and `across` [n, p, w] to float [n, 3, o, p].

    One matrix [1, o, h] serves all photos.
    """
    n, height, width, channels = pixels.shape
    rows = torch.matmul(down, pixels.reshape(n, height, width * channels).to(down.dtype))
    tall = down.shape[1]
    rows = rows.reshape(n, tall, width, channels).permute(0, 3, 1, 2).reshape(n, channels * tall, width)
    out = torch.matmul(rows, across.transpose(1, 2))
    return out.reshape(n, channels, tall, across.shape[1])
