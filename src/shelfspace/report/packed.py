"""Columns as text that a page can hold: base64, zipped first where that makes them smaller."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Packed = dict[str, str | bool]

_PAYS = 0.9  # of the size; above that, unzipping is not worth its while
_NAMES = {np.dtype("u1"): "u8", np.dtype("<u2"): "u16", np.dtype("<u4"): "u32"}
_BREAKS = dict.fromkeys(range(32), " ") | {0x2028: " ", 0x2029: " "}


def packed_numbers(numbers: npt.NDArray[Any]) -> Packed:
    """Whole numbers from 0 in the narrowest of one, two or four bytes, the lowest byte first.

    Raises `ValueError` for numbers below 0 or beyond four bytes.
    """
    most = int(numbers.max(initial=0))
    if int(numbers.min(initial=0)) < 0 or most > 0xFFFFFFFF:
        raise ValueError("only whole numbers from 0 to 4,294,967,295 are packed")
    dtype = np.dtype("u1" if most < 256 else "<u2" if most < 65536 else "<u4")
    return packed_bytes(numbers.astype(dtype).tobytes()) | {"type": _NAMES[dtype]}


def packed_lines(texts: Iterable[str | None]) -> Packed:
    """Texts as lines of UTF-8, their own line breaks and control characters as spaces, None as nothing."""
    return packed_bytes(
        "\n".join((text or "").translate(_BREAKS) for text in texts).encode("utf-8", "replace")
    )


def packed_bytes(plain: bytes) -> Packed:
    """Bytes in base64, zipped first where that saves a tenth."""
    small = gzip.compress(plain, 9, mtime=0)
    zipped = len(small) < _PAYS * len(plain)
    return {"base64": base64.b64encode(small if zipped else plain).decode(), "zipped": zipped}
