"""Pairs of hashes that differ in few bits, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.errors import OptionError

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

_BITS = 64
_MOST = 15  # so that a band has at least four bits
_CHUNK = 1 << 20


def near_hashes(hashes: Hashes, distance: int = 6) -> pl.DataFrame:
    """The pairs of rows whose hashes differ in at most `distance` bits: `left` < `right`, `distance`.

    Of rows with one and the same hash, each is paired with the first of them only, and pairs of different
    hashes name the first row of each: a thousand placeholders make a thousand pairs, not half a million.

    Hashes that differ in at most d of 64 bits agree wholly in one of d + 1 bands (the pigeonhole principle),
    so only those that share a band are compared; memory is that of the hashes, the pairs and one chunk.

    Sorted by left, right. Raises `OptionError` for a distance outside 0 … 15. No hash: no pair.

    >>> near_hashes(np.array([0b0000, 0b0111, 0b0000, 2**64 - 1], dtype=np.uint64), 3).rows()
    [(0, 1, 3), (0, 2, 0)]
    """
    if not 0 <= distance <= _MOST:
        raise OptionError(f"distance is {distance}.", f"It is 0 to {_MOST} bits.", "4 to 8 are usual.")
    values, firsts, group = np.unique(hashes, return_index=True, return_inverse=True)
    others = np.setdiff1d(np.arange(len(hashes)), firsts)
    same = np.stack([firsts[group.reshape(-1)[others]], others], axis=1)
    parts = [_table(same, np.zeros(len(same), dtype=np.int64))]
    for band in range(distance + 1) if distance else ():
        for left, right in _sharing(values, band, distance + 1):
            bits = _bits_set(values[left] ^ values[right])
            near = bits <= distance
            ends = np.sort(np.stack([firsts[left[near]], firsts[right[near]]], axis=1), axis=1)
            parts.append(_table(ends, bits[near]))
    return pl.concat(parts).unique().sort("left", "right")


def _table(ends: Rows, bits: Rows) -> pl.DataFrame:
    schema = {"left": pl.Int64, "right": pl.Int64, "distance": pl.Int64}
    return pl.DataFrame({"left": ends[:, 0], "right": ends[:, 1], "distance": bits}, schema=schema)


def _sharing(values: Hashes, band: int, bands: int) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of places in `values` that agree in a band, in chunks."""
    start, stop = band * _BITS // bands, (band + 1) * _BITS // bands
    parts = (values >> np.uint64(start)) & np.uint64((1 << (stop - start)) - 1)
    order = np.argsort(parts, kind="stable")
    _, begins, lengths = np.unique(parts[order], return_index=True, return_counts=True)
    # In sorted order, the partner `step` places on is in the same bucket for all but its last `step`.
    left_of_bucket = np.repeat(begins + lengths, lengths) - np.arange(len(values)) - 1
    waiting: list[tuple[Rows, Rows]] = []
    held = 0
    places = np.arange(len(values))
    for step in range(1, int(lengths.max(initial=1))):
        places = places[left_of_bucket[places] >= step]
        waiting.append((order[places], order[places + step]))
        held += len(places)
        if held >= _CHUNK:
            yield _joined(waiting)
            waiting, held = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
    return np.concatenate([left for left, _ in parts]), np.concatenate([right for _, right in parts])


def _bits_set(values: Hashes) -> Rows:
    """How many bits of each are 1."""
    octets = values[:, None].view(np.uint8) if len(values) else np.zeros((0, 8), dtype=np.uint8)
    return np.asarray(_BITS_OF_OCTET[octets].sum(axis=1), dtype=np.int64)


_BITS_OF_OCTET = np.array([octet.bit_count() for octet in range(256)], dtype=np.uint8)
