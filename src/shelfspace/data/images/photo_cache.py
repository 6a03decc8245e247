"""Decoded photos kept in a folder and mapped from there."""

from __future__ import annotations

import hashlib
import os
import secrets
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl

from shelfspace.data.images.decode import Pixels

#: Counted up whenever the same file would be decoded to other pixels.
_EDITION = 1
_KEPT_SETS = 8  # of one size and frame; a shop's catalogues, or the parts of a benchmark
_CHECKED_ROWS = 64

Given = str | Path | bytes | None
Decode = Callable[[Sequence[Given], Sequence[int], Pixels], dict[int, str]]


class PhotoCache:
    """A folder of sets of photos: each the pixels of some list of sources (.npy) and what they are of.

    `options` is all that decides besides the source how a photo is decoded. Sets are written under another
    name first and renamed when whole. A photo that any kept set of the same options holds is not decoded
    again; the oldest sets beyond a few are deleted.
    """

    def __init__(self, folder: Path, size: int, options: str) -> None:
        self.folder, self.size = folder, size
        self.prefix = "photos-" + _digest(f"{_EDITION} {size} {options}".encode())[:12]

    def photos(self, sources: Sequence[Given], decode: Decode) -> tuple[Pixels, dict[int, str]]:
        """The pixels of `sources`, mapped, and the reasons of those refused; `decode` fills missing rows."""
        keys = [_key(source) for source in sources]
        name = f"{self.prefix}-{_digest(repr(keys).encode())[:24]}"
        kept = self._kept_set(name)
        if kept is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(name, keys, lambda pixels: self._fill(sources, keys, pixels, decode))
            self._forget_oldest()
            kept = self._kept_set(name)
        if kept is None:  # deleted meanwhile, or a disk that gives back other bytes than it took
            pixels = np.zeros((len(keys), self.size, self.size, 3), dtype=np.uint8)
            return pixels, decode(sources, range(len(keys)), pixels)
        with suppress(OSError):
            os.utime(self.folder / f"{name}.parquet")
        return kept[0], {row: reason for row, reason in enumerate(kept[1]["reason"]) if reason is not None}

    def _fill(
        self, sources: Sequence[Given], keys: Sequence[str | None], pixels: Pixels, decode: Decode
    ) -> dict[int, str]:
        """Every row from a kept set that holds it, or else decoded."""
        missing = {row for row, key in enumerate(keys) if key is not None}
        reasons: dict[int, str] = {}
        for path in self._sets():
            found = self._kept_set(path.stem) if missing else None
            if found is None:
                continue
            held = {key: row for row, key in enumerate(found[1]["key"]) if key is not None}
            why = found[1]["reason"].to_list()
            for row in [row for row in missing if keys[row] in held]:
                old = held[str(keys[row])]
                pixels[row] = found[0][old]
                missing.remove(row)
                if why[old] is not None:
                    reasons[row] = why[old]
        return reasons | decode(sources, sorted(missing), pixels)

    def _write(self, name: str, keys: Sequence[str | None], fill: Callable[[Pixels], dict[int, str]]) -> None:
        mark = f"{name}.{os.getpid()}-{secrets.token_hex(4)}.part"
        arrays, tables = self.folder / f"{mark}.npy", self.folder / f"{mark}.parquet"
        shape = (len(keys), self.size, self.size, 3)
        pixels: Pixels
        try:
            if len(keys):
                pixels = np.lib.format.open_memmap(arrays, mode="w+", dtype=np.uint8, shape=shape)
            else:  # nothing can be mapped from an empty file
                pixels = np.zeros(shape, dtype=np.uint8)
                np.save(arrays, pixels)
            reasons = fill(pixels)
            sums = [zlib.crc32(row) for row in pixels]
            if isinstance(pixels, np.memmap):
                pixels.flush()
            del pixels  # some systems do not rename what is mapped
            table = {
                "key": keys,
                "reason": [reasons.get(row) for row in range(len(keys))],
                "sum": sums,
            }
            pl.DataFrame(
                table, schema={"key": pl.String, "reason": pl.String, "sum": pl.UInt32}
            ).write_parquet(tables)
            arrays.replace(self.folder / f"{name}.npy")
            tables.replace(self.folder / f"{name}.parquet")
        finally:
            for path in (arrays, tables):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _kept_set(self, name: str) -> tuple[Pixels, pl.DataFrame] | None:
        """A set as it was written, or None for one that is missing or damaged."""
        try:
            table = pl.read_parquet(self.folder / f"{name}.parquet", memory_map=False)
            mapped = None if table.height == 0 else "r"
            pixels = np.load(self.folder / f"{name}.npy", mmap_mode=mapped)  # type: ignore[arg-type]
            rows = np.linspace(0, table.height - 1, min(table.height, _CHECKED_ROWS)).astype(int)
            sound = (
                table.columns == ["key", "reason", "sum"]
                and pixels.dtype == np.uint8
                and pixels.shape == (table.height, self.size, self.size, 3)
                and all(zlib.crc32(pixels[row]) == table["sum"][int(row)] for row in rows)
            )
        except (OSError, ValueError, pl.exceptions.PolarsError, EOFError):
            return None
        return (pixels, table) if sound else None

    def _sets(self) -> list[Path]:
        """The tables of the kept sets, the last used first."""
        paths = [path for path in self.folder.glob(f"{self.prefix}-*.parquet") if ".part." not in path.name]
        return sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True)

    def _forget_oldest(self) -> None:
        for path in self._sets()[_KEPT_SETS:]:
            for old in (path, path.with_suffix(".npy")):
                with suppress(OSError):
                    old.unlink(missing_ok=True)


def _key(source: Given) -> str | None:
    """What tells a photo from a changed one; null for no photo, and for a file that is not there (yet)."""
    if source is None:
        return None
    if isinstance(source, bytes):
        return _digest(source)
    try:
        state = Path(source).stat()
    except (OSError, ValueError):
        return f"absent {source}"
    return f"{os.path.realpath(source)} {state.st_size} {state.st_mtime_ns}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
