"""Photos of one size: the pixels, which were found, and which were refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.errors import OptionError

REJECTS_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "source": pl.String(), "reason": pl.String()}


def no_photo_rejects() -> pl.DataFrame:
    """An empty table of rejects."""
    return pl.DataFrame(schema=REJECTS_SCHEMA)


@dataclass(frozen=True)
class Photos:
    """One photo a thing: `pixels` uint8 [n, size, size, 3] (RGB), zeros where there is none.

    `found` [n] is true where there is a photo. `rejects` names those that could not be read: `row` (from 0),
    `source`, `reason`; a thing that has no photo is not among them. `pixels` may be mapped from disk, so it
    is not to be written to. Permuted to [n, 3, size, size] it is torch's channels_last at no cost.

    Raises `OptionError` for other shapes and types.

    >>> photos = Photos.absent(2, size=8)
    >>> len(photos), photos.size, photos.found.tolist()
    (2, 8, [False, False])
    """

    pixels: npt.NDArray[np.uint8]
    found: npt.NDArray[np.bool_]
    rejects: pl.DataFrame = field(default_factory=no_photo_rejects)

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        sound = self.pixels.dtype == np.uint8 and len(shape) == 4 and shape[1] == shape[2] and shape[3] == 3
        if not sound or self.found.shape != shape[:1] or self.found.dtype != np.bool_:
            raise OptionError(
                f"The pixels are {self.pixels.dtype} {shape}, found {self.found.dtype} {self.found.shape}.",
                "Photos are uint8 [n, size, size, 3], found is bool [n].",
                "Read them with read_photos.",
            )

    @classmethod
    def absent(cls, n: int, size: int = 96) -> Photos:
        """n things without a photo."""
        return cls(np.zeros((n, size, size, 3), dtype=np.uint8), np.zeros(n, dtype=np.bool_))

    @property
    def size(self) -> int:
        """Width and height in pixels."""
        return int(self.pixels.shape[1])

    def __len__(self) -> int:
        return len(self.found)

    def take(self, rows: Sequence[int] | npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Photos:
        """The photos at `rows` (numbers, in that order, or a mask), and the rejects among them.

        Rows that follow each other stay a view, so a slice of mapped pixels is not read into memory.
        """
        picked = np.arange(len(self))[np.asarray(rows, dtype=None if len(rows) else np.int64)]
        if len(picked) and (np.diff(picked) == 1).all():
            pixels = self.pixels[picked[0] : picked[-1] + 1]
        else:
            pixels = self.pixels[picked]
        places = pl.DataFrame({"row": picked.astype(np.int64), "_new": np.arange(len(picked))})
        moved = places.join(self.rejects, on="row", how="inner", maintain_order="left")
        rejects = moved.select(pl.col("_new").cast(pl.Int64).alias("row"), "source", "reason")
        return Photos(pixels, self.found[picked], rejects)

    @staticmethod
    def concat(parts: Sequence[Photos]) -> Photos:
        """The photos one below the other; `OptionError` for none at all and for several sizes."""
        if len({part.size for part in parts}) != 1:
            raise OptionError(
                f"The photos have the sizes {sorted({part.size for part in parts})}.",
                "One or more of a single size are put together.",
                "Read all of them at one size.",
            )
        starts = np.cumsum([0, *(len(part) for part in parts)])
        rejects = [
            part.rejects.with_columns(pl.col("row") + int(start))
            for part, start in zip(parts, starts, strict=False)
        ]
        return Photos(
            np.concatenate([part.pixels for part in parts]),
            np.concatenate([part.found for part in parts]),
            pl.concat(rejects),
        )
