"""Pairs of photos that are copies of each other, told from things that merely look alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.images.near_hashes import near_hashes
from shelfspace.data.images.photo_hashes import area_means, photo_hashes
from shelfspace.errors import OptionError

_GRID = 16
_CONTENT = 16.0  # of 255: what departs from the border's colour by more shows the thing
_GAIN = (0.7, 1.4)  # a copy may be so much darker or lighter
_CHUNK = 4096
_MEMBER: dict[str, pl.DataType] = {"row": pl.Int64(), "group": pl.Int64()}
_PAIR: dict[str, pl.DataType] = {
    "left": pl.Int64(),
    "right": pl.Int64(),
    "distance": pl.Int64(),
    "difference": pl.Float32(),
}

Pixels = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]
Thumbnails = npt.NDArray[np.float32]


def near_photos(pixels: Pixels, distance: int = 6, difference: float = 6.0) -> pl.DataFrame:
    """The pairs of photos that show one picture: `left` < `right`, `distance`, `difference`, sorted by rows.

    Candidates are the pairs of `near_hashes` within `distance` bits. A hash sees grey outlines alone, and
    shops photograph all shirts alike; so each pair is looked at again: `difference` is the mean difference
    (of 255) of the two 16 × 16 thumbnails in colour, over what departs from the border's colour in either,
    after the left one is made as light as the right. Copies saved anew, resized or a little lighter stay
    below 6; another colour of the same shirt does not.

    `pixels` are uint8 [n, s, s, 3] with s ≥ 16; leave photos that were not found out. Of several
    copies with one hash, each is paired with the first only. Raises `OptionError` for another shape or
    type, a distance outside 0 … 15, and a negative difference. No photo: no pair.

    >>> near_photos(np.zeros((2, 16, 16, 3), dtype=np.uint8)).rows()
    [(0, 1, 0, 0.0)]
    """
    if not difference >= 0:
        raise OptionError(f"difference is {difference}.", "It is 0 or above.", "6 is usual.")
    values, group = np.unique(photo_hashes(pixels), return_inverse=True)
    pairs_of_values = near_hashes(values, distance)
    thumbnails = _thumbnails(pixels)
    firsts, copies = _firsts(thumbnails, group.reshape(-1), difference)
    members = pl.DataFrame({"row": firsts, "group": group.reshape(-1)[firsts]}, schema=_MEMBER)
    between = pairs_of_values.join(members, left_on="left", right_on="group").join(
        members, left_on="right", right_on="group", suffix="_right"
    )
    ends = np.sort(between.select("row", "row_right").to_numpy(), axis=1)
    apart = _all_differences(thumbnails, ends[:, 0], ends[:, 1])
    others = pl.DataFrame(
        {"left": ends[:, 0], "right": ends[:, 1], "distance": between["distance"], "difference": apart},
        schema=_PAIR,
    )
    return pl.concat([copies, others.filter(pl.col("difference") <= difference)]).sort("left", "right")


def _firsts(thumbnails: Pixels, group: Rows, difference: float) -> tuple[Rows, pl.DataFrame]:
    """Of each group the rows that copy none of the others kept, and the copies, each with what it copies.

    The first left of each group is kept, and its copies are taken out, until none is left.
    """
    left, kept = np.arange(len(group)), [np.zeros(0, dtype=np.int64)]
    found = [pl.DataFrame(schema=_PAIR)]
    while len(left):
        _, places, owner = np.unique(group[left], return_index=True, return_inverse=True)
        firsts = left[places]
        models = firsts[owner.reshape(-1)]
        apart = _all_differences(thumbnails, models, left)
        own, same = models == left, apart <= difference
        copied = same & ~own
        found.append(
            pl.DataFrame(
                {
                    "left": models[copied],
                    "right": left[copied],
                    "distance": np.zeros(int(copied.sum()), dtype=np.int64),
                    "difference": apart[copied],
                },
                schema=_PAIR,
            )
        )
        kept.append(firsts)
        left = left[~same & ~own]
    return np.sort(np.concatenate(kept)), pl.concat(found)


def _thumbnails(pixels: Pixels) -> Pixels:
    """uint8 [n, 16, 16, 3]: the mean colour of each part."""
    small = np.empty((len(pixels), _GRID, _GRID, 3), dtype=np.uint8)
    means = area_means(pixels.shape[1], _GRID)
    for start in range(0, len(pixels), _CHUNK):
        part = pixels[start : start + _CHUNK].astype(np.float32)
        small[start : start + _CHUNK] = np.rint(
            np.einsum("ah,bw,nhwc->nabc", means, means, part, optimize=True)
        )
    return small


def _all_differences(thumbnails: Pixels, left: Rows, right: Rows) -> npt.NDArray[np.float32]:
    """The difference of each pair of rows, a chunk at a time."""
    parts = [
        _differences(thumbnails[left[start : start + _CHUNK]], thumbnails[right[start : start + _CHUNK]])
        for start in range(0, len(left), _CHUNK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def _differences(left: Pixels, right: Pixels) -> Thumbnails:
    one, other = left.astype(np.float32), right.astype(np.float32)
    content = _content(one) | _content(other)
    content[~content.any(axis=(1, 2))] = True
    where = content[..., None].astype(np.float32)
    products = [(a * b * where).sum(axis=(1, 2, 3)) for a, b in ((one, other), (one, one))]
    gain = np.clip((products[0] + 1e-6) / (products[1] + 1e-6), *_GAIN)
    apart = np.abs(gain[:, None, None, None] * one - other) * where
    return np.asarray(apart.sum(axis=(1, 2, 3)) / (3 * where.sum(axis=(1, 2, 3))), dtype=np.float32)


def _content(thumbnails: Thumbnails) -> npt.NDArray[np.bool_]:
    """Where each thumbnail departs from the (median) colour of its border."""
    edges = [thumbnails[:, 0], thumbnails[:, -1], thumbnails[:, :, 0], thumbnails[:, :, -1]]
    border = np.median(np.concatenate(edges, axis=1), axis=1)[:, None, None, :]
    return np.asarray(np.abs(thumbnails - border).max(axis=3) > _CONTENT)
