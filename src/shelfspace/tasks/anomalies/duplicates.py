"""Photos that several things share, or nearly so, and photos that show nothing."""

from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.data.images import Photos, near_hashes, photo_hashes

BLANK = 2.0  # grey levels of spread below which a photo shows nothing
_SCHEMA = {"left": pl.Int64(), "right": pl.Int64(), "bits": pl.Int64(), "why": pl.String()}


def duplicate_photos(photos: Photos, distance: int = 6) -> pl.DataFrame:
    """The pairs of rows whose photos are the same or nearly: `left` < `right`, `bits` and `why` in words.

    `bits` of 64 differ between the two perceptual hashes, `distance` at most. Blank photos and missing ones
    are left out. Of many alike each is paired with the first, as `near_hashes` has it. Raises `OptionError`
    for a distance outside 0…15.
    """
    blank = set(blank_photos(photos))
    rows = np.array([row for row in np.flatnonzero(photos.found) if row not in blank], np.int64)
    pairs = near_hashes(photo_hashes(photos.pixels[rows]), distance)
    found = []
    for left, right, bits in pairs.iter_rows():
        one, other = int(rows[left]), int(rows[right])
        same = bits == 0 and np.array_equal(photos.pixels[one], photos.pixels[other])
        why = "the same photo" if same else f"nearly the same photo: {bits} of 64 traits differ"
        found.append((one, other, bits, why))
    return pl.DataFrame(found, schema=_SCHEMA, orient="row")


def blank_photos(photos: Photos) -> list[int]:
    """The rows of photos that show next to nothing: one colour all over."""
    rows = np.flatnonzero(photos.found)
    return [int(row) for row in rows if photos.pixels[row].std(axis=(0, 1)).max() < BLANK]
