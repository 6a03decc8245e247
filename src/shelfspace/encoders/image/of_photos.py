"""From listings and photos to an image encoder's vectors: a piece at a time, zero where there is no photo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from shelfspace.data.images import Photos
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.image.handmade import Pixels

_CHUNK = 512  # photos: pixels that are mapped from disk are not all read into memory


def vectors_of_photos(
    photos: Photos | None, n: int, dim: int, encode_pixels: Callable[[Pixels], Vectors]
) -> Vectors:
    """Float32 `[n, dim]`: what `encode_pixels` says of each photo, zero for what has none."""
    vectors = np.zeros((n, dim), np.float32)
    if photos is None:
        return vectors
    for start in range(0, len(photos), _CHUNK):
        part = photos.take(np.arange(start, min(start + _CHUNK, len(photos))))
        rows = np.flatnonzero(part.found)
        vectors[start + rows] = encode_pixels(part.pixels[rows])
    return vectors
