"""Patches of a photo as feature vectors: by a bank of filters, or by what a network has learned."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.tasks.anomalies.textures import Evened

_STRIDE = 8
_OCTAVES = 3
_SMALLEST = 12  # pixels a side below which a photo is not halved any more


class Patches(NamedTuple):
    """One photo's patches: `rows` float32 [h · w, d], row by row over a grid of `shape` (h, w)."""

    rows: npt.NDArray[np.float32]
    shape: tuple[int, int]


def filter_patches(photo: Evened) -> Patches:
    """Every 8 × 8 pixels of an evened photo [3, h, w] as d = 24 numbers, without any learning.

    On each of three octaves the strength of light's slopes and of its second derivatives (how rough, and
    which way the grain runs), and whether it curves up or down; the mean of each channel at two widths.
    """
    level = torch.from_numpy(photo)[None]
    height, width = (-(-side // _STRIDE) for side in photo.shape[1:])
    parts = [_pooled(level, height, width), _pooled(_halved(_halved(level)), height, width, blur=True)]
    for _ in range(_OCTAVES):
        filtered = functional.conv2d(_reflected(level[:, :1], 2), _BANK)
        parts.append(_pooled(filtered.abs(), height, width))
        parts.append(_pooled(filtered[:, -1:], height, width))
        level = _halved(level)
    together = torch.cat(parts, dim=1)[0].flatten(1).T
    return Patches(together.contiguous().numpy(), (height, width))


def map_patches(features: Tensor) -> Patches:
    """A network's features [1, c, h, w] as patches, each averaged with its neighbours."""
    smooth = functional.avg_pool2d(features.float(), 3, 1, 1, count_include_pad=False)
    rows = smooth[0].flatten(1).T.contiguous().numpy()
    return Patches(rows, (features.shape[2], features.shape[3]))


def _pooled(maps: Tensor, height: int, width: int, blur: bool = False) -> Tensor:
    if blur:
        maps = functional.avg_pool2d(maps, 3, 1, 1, count_include_pad=False)
    return functional.adaptive_avg_pool2d(maps, (height, width))


def _halved(maps: Tensor) -> Tensor:
    return maps if min(maps.shape[-2:]) < 2 * _SMALLEST else functional.avg_pool2d(maps, 2)


def _reflected(maps: Tensor, margin: int) -> Tensor:
    return functional.pad(maps, (margin,) * 4, mode="reflect")


def _bank() -> Tensor:
    """Derivatives of a Gaussian of one pixel's width, 5 × 5: two slopes, three curvatures, their sum."""
    along = torch.arange(-2.0, 3.0)
    bell = torch.exp(-(along**2) / 2)
    bell = bell / bell.sum()
    slope, curve = -along * bell, (along**2 - 1) * bell
    slope, curve = slope / slope.abs().sum(), (curve - curve.mean()) / (curve - curve.mean()).abs().sum()
    pairs = [(bell, slope), (slope, bell), (bell, curve), (curve, bell), (slope, slope)]
    filters = [torch.outer(down, across) for down, across in pairs]
    return torch.stack([*filters, filters[2] + filters[3]])[:, None]


_BANK = _bank()
