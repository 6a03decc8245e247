"""Edges in finer detail: which way they run and which side is dark, in each of 12 × 12 cells.

Felzenszwalb et al. 2010, section 6 (the features of deformable part models): 18 directions with a sign and 9
without, each cell brought to one contrast against its four blocks, and four numbers of texture.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.encoders.image.handmade import Float32, Pixels, directed_edges

_SIZE, _CELL = 96, 8  # pixels
_SIGNED = 18
_CLIP = 0.2
_TEXTURE = 0.2357  # of the paper: 1 / √18
_FAINT = 1e-3  # added to a block's energy: what is nearly flat is not blown up
_CHUNK = 64

FINE_EDGES_DIM = (_SIZE // _CELL) ** 2 * (_SIGNED + _SIGNED // 2 + 4)


def fine_edge_features(pixels: Pixels) -> Float32:
    """float32 `[n, 4464]` of length 1 of photos uint8 `[n, s, s, 3]`, each looked at in 96 × 96.

    A photo of one colour has no edge: the zero vector. No photo gives no row.

    Differs from the paper: gradients are of square roots of the intensities, and features are not reduced.
    """
    found = np.empty((len(pixels), FINE_EDGES_DIM), np.float32)
    with torch.inference_mode():
        for start in range(0, len(pixels), _CHUNK):
            part = torch.from_numpy(np.ascontiguousarray(pixels[start : start + _CHUNK]))
            found[start : start + _CHUNK] = _features(
                _in_size(part.permute(0, 3, 1, 2).float() / 255)
            ).numpy()
    return found


def _in_size(photos: Tensor) -> Tensor:
    if photos.shape[-2:] == (_SIZE, _SIZE):
        return photos
    sized: Tensor = functional.interpolate(
        photos, size=_SIZE, mode="bilinear", antialias=True, align_corners=False
    )
    return sized


def _features(photos: Tensor) -> Tensor:
    signed = _cells(photos)
    both = signed[:, : _SIGNED // 2] + signed[:, _SIGNED // 2 :]
    directions = torch.cat([signed, both], dim=1)
    found, texture = torch.zeros_like(directions), []
    for energy in _blocks(both.square().sum(dim=1, keepdim=True)):
        held = (directions / (energy + _FAINT).sqrt()).clamp(max=_CLIP)
        found += held / 2
        texture.append(held[:, :_SIGNED].sum(dim=1, keepdim=True) * _TEXTURE)
    return functional.normalize(torch.cat([found, *texture], dim=1).flatten(1))


def _cells(photos: Tensor) -> Tensor:
    """How strongly edges run in each signed direction in each cell, `[n, 18, 12, 12]`."""
    maps = directed_edges(photos, _SIGNED, 2 * math.pi)
    # A pixel counts for its cell and, the less the farther it lies, for those around it.
    ramp = 1 - (torch.arange(2 * _CELL) - _CELL + 0.5).abs() / _CELL
    kernel = (ramp[:, None] * ramp[None]).expand(_SIGNED, 1, -1, -1)
    return functional.conv2d(maps, kernel, stride=_CELL, padding=_CELL // 2, groups=_SIGNED)


def _blocks(energy: Tensor) -> list[Tensor]:
    """The energy of the four blocks of 2 × 2 cells that each cell lies in, `[n, 1, 12, 12]` each."""
    side = energy.shape[-1]
    sums = 4 * functional.avg_pool2d(functional.pad(energy, (1, 1, 1, 1), mode="replicate"), 2, stride=1)
    return [sums[:, :, y : y + side, x : x + side] for y in (0, 1) for x in (0, 1)]
