"""Features that need no learning: which way edges run, and which colours are where.

Histograms of oriented gradients (Dalal & Triggs 2005) over cells of several sizes, and colour histograms over
a pyramid of places (Lazebnik et al. 2006). They are what a contrastive network has to beat, and what every
mixture starts from.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.encoders.image.colour import hsv_of, lab_of
from shelfspace.errors import OptionError

Pixels = npt.NDArray[np.uint8]
Float32 = npt.NDArray[np.float32]

_SIZE = 64  # photos are looked at in this size, so that a vector's length doesn't hang on theirs
_DIRECTIONS = 9  # of an edge, which has no sign: a dark thing on white and a white one on dark look alike
_GRIDS = (4, 8, 16)  # cells along each side
_CLIP = 0.2  # of Dalal & Triggs, section 6.4: no single edge outweighs a block
_HSV_BINS = (12, 4, 4)
_LAB_BINS = 8
_HSV_PLACES, _LAB_PLACES = (1, 2), (1, 4)
_CHUNK = 64  # photos at a time: the maps of more fall out of the processor's cache


def handmade_features(pixels: Pixels) -> Float32:
    """Edges and colours side by side, float32 `[n, 11556]`: `edge_features`, then `colour_features`.

    `pixels` are uint8 `[n, s, s, 3]`. Each half of a row has length 1. No photo gives no row. Raises
    `OptionError` for another shape or type.
    """
    return np.hstack([edge_features(pixels), colour_features(pixels)])


def edge_features(pixels: Pixels) -> Float32:
    """Histograms of oriented gradients over 4 × 4, 8 × 8 and 16 × 16 cells, float32 `[n, d]` of length 1.

    Each 2 × 2 block of cells is normalised, clipped and normalised again; the three grids weigh the same. A
    photo of one colour has no edge: the zero vector.
    """
    _check(pixels)
    return _in_chunks(pixels, _edges)


def colour_features(pixels: Pixels) -> Float32:
    """Joint histograms of hue, saturation and value (whole, quarters) and of each axis of Lab (whole, 16ths).

    float32 `[n, d]` of length 1; the square root of each share taken: their product is Hellinger's.
    """
    _check(pixels)
    return _in_chunks(pixels, _colours)


def _in_chunks(pixels: Pixels, features: Callable[[Tensor], Tensor]) -> Float32:
    blank = np.zeros((1, 8, 8, 3), np.uint8)
    with torch.inference_mode():
        if not len(pixels):
            return np.zeros((0, features(_small(blank)).shape[1]), np.float32)
        starts = range(0, len(pixels), _CHUNK)
        return np.concatenate([features(_small(pixels[i : i + _CHUNK])).numpy() for i in starts])


def _small(pixels: Pixels) -> Tensor:
    """Floats from 0 to 1, [n, 3, 64, 64]."""
    photos = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255
    if photos.shape[-1] == _SIZE:
        return photos
    return functional.interpolate(photos, size=_SIZE, mode="bilinear", antialias=True, align_corners=False)


def directed_edges(photos: Tensor, directions: int, turn: float) -> Tensor:
    """How strongly edges run in each direction at each pixel of photos [n, 3, s, s]: [n, directions, s, s].

    `turn` is what the directions divide: π where an edge has no sign, 2π where it has one.
    """
    padded = functional.pad(photos.sqrt(), (1, 1, 1, 1), mode="replicate")
    across = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
    down = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
    # Of the three colours the one that changes most says where an edge is.
    strongest = (across.square() + down.square()).argmax(dim=1, keepdim=True)
    across, down = across.gather(1, strongest), down.gather(1, strongest)
    strength = torch.sqrt(across.square() + down.square())
    turned = torch.atan2(down, across).remainder(turn) * (directions / turn)
    lower = turned.floor()
    share = turned - lower
    first = lower.long() % directions
    maps = torch.zeros(len(photos), directions, *photos.shape[-2:])
    maps.scatter_(1, first, strength * (1 - share))
    maps.scatter_add_(1, (first + 1) % directions, strength * share)
    return maps


def _edges(photos: Tensor) -> Tensor:
    maps = directed_edges(photos, _DIRECTIONS, math.pi)
    grids = [_blocks(functional.avg_pool2d(maps, _SIZE // cells)) for cells in _GRIDS]
    return functional.normalize(torch.cat([functional.normalize(grid) for grid in grids], dim=1))


def _blocks(cells: Tensor) -> Tensor:
    """Each 2 × 2 block of cells normalised, flat: [n, blocks · 4 · directions]."""
    blocks = functional.unfold(cells, 2)
    blocks = functional.normalize(blocks, dim=1, eps=1e-3).clamp(max=_CLIP)
    return functional.normalize(blocks, dim=1, eps=1e-3).flatten(1)


def _colours(photos: Tensor) -> Tensor:
    hsv = hsv_of(photos)
    bins = [(hsv[:, i] * n).long().clamp(max=n - 1) for i, n in enumerate(_HSV_BINS)]
    joint = (bins[0] * _HSV_BINS[1] + bins[1]) * _HSV_BINS[2] + bins[2]
    lab = (lab_of(photos) * _LAB_BINS).long().clamp(0, _LAB_BINS - 1)
    parts = [_histogram(joint, math.prod(_HSV_BINS), places) for places in _HSV_PLACES]
    parts += [_histogram(lab[:, axis], _LAB_BINS, places) for places in _LAB_PLACES for axis in range(3)]
    return functional.normalize(torch.cat(parts, dim=1))


def _histogram(bins: Tensor, n_bins: int, places: int) -> Tensor:
    """The square root of each bin's share in each of places × places parts: [n, places² · n_bins]."""
    n, cells = len(bins), places * places
    along = torch.arange(_SIZE) * places // _SIZE
    cell = along[:, None] * places + along[None, :]
    index = (torch.arange(n)[:, None, None] * cells + cell) * n_bins + bins
    counts = torch.bincount(index.flatten(), minlength=n * cells * n_bins)
    return (counts.view(n, cells * n_bins).float() / _SIZE**2).sqrt()


def _check(pixels: Pixels) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] != 3 or 0 in pixels.shape[1:]:
        raise OptionError(
            f"The photos are {pixels.dtype} of the shape {pixels.shape}.",
            "Photos are uint8 [n, height, width, 3].",
            "Read them with read_photos.",
        )
