"""Many photos, decoded side by side: each fails alone."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Condition

import numpy as np
import polars as pl

from shelfspace.data.images.decode import (
    Frame,
    Pixels,
    check_frame,
    drafted,
    open_photo,
    quiet,
    read_bytes,
    render,
)
from shelfspace.data.images.limits import PhotoLimits
from shelfspace.data.images.photo_cache import PhotoCache
from shelfspace.data.images.photos import REJECTS_SCHEMA, Photos
from shelfspace.errors import PhotoError
from shelfspace.progress import progress

Source = str | Path | bytes | None

_WORKERS = min(4, os.cpu_count() or 1)
_AHEAD = 8  # photos begun before they are needed, for each worker


def read_photos(
    sources: Sequence[Source],
    size: int = 96,
    frame: Frame = "pad",
    cache: str | Path | None = None,
    limits: PhotoLimits | None = None,
) -> Photos:
    """The photos of `sources`, row by row, each uint8 [size, size, 3] as `decode_photo` gives it.

    A source is a path, the bytes of a file, or None (or an empty path) for no photo. What cannot be read
    fails alone: it is not found, and stands in `rejects` with its reason. A few threads read and decode.

    `cache` is a folder that keeps decoded photos: those whose file (or bytes), size, frame and limits are
    unchanged are taken from there, mapped from disk instead of read into memory. A damaged cache is made
    anew; the folder can be deleted at any time.

    Raises `OptionError` for a size or frame that `decode_photo` does not know. No source: no photo.

    >>> photos = read_photos([None, b"not a photo"], size=32)
    >>> photos.found.tolist(), photos.rejects["reason"].to_list()
    ([False, False], ['The content is no known image format.'])
    """
    check_frame(size, frame)
    limits = limits or PhotoLimits()
    given = [None if isinstance(source, str) and not source.strip() else source for source in sources]
    if cache is None:
        pixels = np.zeros((len(given), size, size, 3), dtype=np.uint8)
        reasons = _Reader(size, frame, limits).read_all(given, range(len(given)), pixels)
    else:
        kept = PhotoCache(Path(cache), size, f"{frame} {limits}")
        reader = _Reader(size, frame, limits)
        pixels, reasons = kept.photos(given, reader.read_all)
    found = np.array([source is not None for source in given], dtype=np.bool_)
    found[list(reasons)] = False
    return Photos(pixels, found, _rejects(given, reasons))


@dataclass
class _Room:
    """The allowance of pixels that all photos being decoded at one moment share."""

    capacity: int
    taken: int = 0
    changed: Condition = field(default_factory=Condition)

    @contextmanager
    def holding(self, pixels: int) -> Iterator[None]:
        """Wait until there is room for so many; what is larger than the whole room waits to be alone."""
        with self.changed:
            self.changed.wait_for(lambda: self.taken == 0 or self.taken + pixels <= self.capacity)
            self.taken += pixels
        try:
            yield
        finally:
            with self.changed:
                self.taken -= pixels
                self.changed.notify_all()


class _Reader:
    """Decodes many photos into rows of one array."""

    def __init__(self, size: int, frame: Frame, limits: PhotoLimits) -> None:
        self.size, self.frame, self.limits = size, frame, limits
        self.room = _Room(limits.pixels)

    def read_all(self, sources: Sequence[Source], rows: Sequence[int], pixels: Pixels) -> dict[int, str]:
        """Fill the `rows` of `pixels` that have a source, and give the reasons of those that cannot be."""
        reasons: dict[int, str] = {}
        todo = iter([row for row in rows if sources[row] is not None])
        pending: deque[tuple[int, Future[str | None]]] = deque()
        with quiet(), ThreadPoolExecutor(_WORKERS) as pool, progress("Reading photos", len(rows)) as advance:
            try:
                while True:
                    for row in islice(todo, _WORKERS * _AHEAD - len(pending)):
                        pending.append((row, pool.submit(self._read, sources[row], pixels[row])))
                    if not pending:
                        return reasons
                    row, outcome = pending.popleft()
                    reason = outcome.result()
                    if reason is not None:
                        reasons[row] = reason
                    advance(1)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, source: Source, row: Pixels) -> str | None:
        """Decode one photo into its row; None, or why not."""
        assert source is not None  # rows without a source are never handed over
        try:
            image = open_photo(read_bytes(source, self.limits), self.limits)
            with self.room.holding(drafted(image, self.size)):
                row[:] = render(image, self.size, self.frame)
        except PhotoError as error:
            return error.reason
        return None


def _rejects(sources: Sequence[Source], reasons: dict[int, str]) -> pl.DataFrame:
    rows = sorted(reasons)
    return pl.DataFrame(
        {
            "row": rows,
            "source": [_name(sources[row]) for row in rows],
            "reason": [reasons[row] for row in rows],
        },
        schema=REJECTS_SCHEMA,
    )


def _name(source: Source) -> str:
    return f"{len(source):,} bytes" if isinstance(source, bytes) else str(source)
