"""A perceptual hash of each photo: alike where photos look alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

_GRID = 32
_BITS = 64
_CHUNK = 512
_FLAT = 0.05  # grey levels; weaker waves are rounding, not content


def photo_hashes(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """A hash uint64 [n] of photos uint8 [n, s, s, 3]; near-duplicates differ in few of its 64 bits.

    The 64 longest waves of the photo's discrete cosine transform (of its grey values on a 32 × 32 grid, the
    mean left out), each bit saying whether one lies above their median. Saving anew, resizing and mild
    changes of light flip a few bits; other photos differ in about half. A photo of one colour is 0.

    Raises `OptionError` for another shape or type. No photo: no hash.

    >>> photo_hashes(np.full((2, 16, 16, 3), 200, dtype=np.uint8)).tolist()
    [0, 0]
    """
    if (
        pixels.ndim != 4
        or pixels.shape[1] != pixels.shape[2]
        or pixels.shape[3] != 3
        or pixels.dtype != np.uint8
    ):
        raise OptionError(
            f"The pixels are {pixels.dtype} {pixels.shape}.",
            "Photos are uint8 [n, size, size, 3].",
            "Read them with read_photos.",
        )
    parts = [_hashes(pixels[start : start + _CHUNK]) for start in range(0, len(pixels), _CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _hashes(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    transform = _cosines(_GRID) @ area_means(pixels.shape[1], _GRID)
    waves = transform @ grey @ transform.T
    strengths = waves[:, *_longest_waves()]
    strengths[np.abs(strengths) < _FLAT] = 0
    above = strengths > np.median(strengths, axis=1, keepdims=True)
    return np.ascontiguousarray(np.packbits(above, axis=1)).view(">u8").astype(np.uint64)[:, 0]


def _cosines(n: int) -> npt.NDArray[np.float32]:
    """The rows of the orthonormal DCT-II."""
    waves, places = np.arange(n)[:, None], np.arange(n)[None, :]
    rows = np.sqrt(2 / n) * np.cos(np.pi * (places + 0.5) * waves / n)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, dtype=np.float32)


def area_means(n: int, m: int) -> npt.NDArray[np.float32]:
    """[m, n]: the mean over each of m equal parts of n places, places on a border shared."""
    edges = np.arange(m + 1) * (n / m)
    places = np.arange(n)
    overlap = np.minimum(edges[1:, None], places + 1) - np.maximum(edges[:-1, None], places)
    return np.asarray(np.clip(overlap, 0, None) * (m / n), dtype=np.float32)


def _longest_waves() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row and column of the 64 longest waves, by the sum of their numbers, without the mean."""
    down, across = np.indices((_GRID, _GRID)).reshape(2, -1)
    order = np.lexsort((down, down + across))[1 : _BITS + 1]
    return down[order], across[order]
