"""SHA-256 of files and tables: how a space knows that it is what it was when it was written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl

_BLOCK_BYTES = 1 << 24  # large, so that a thread that hashes seldom waits for the interpreter
_SLICE = 65_536  # rows hashed at once, so that memory stays bounded


def hash_of_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def hash_of_folder(folder: Path) -> str:
    """The SHA-256 over the relative paths and contents of all files below `folder`, hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{hash_of_file(path)}\n".encode())
    return digest.hexdigest()


def hash_of_table(table: pl.DataFrame) -> str:
    """The SHA-256 of a table of texts and numbers: its column names, types, values and their order.

    It depends on the values alone, not on how they lie in memory or in which library wrote them: every value
    is hashed with its length, and a null differs from an empty text.

    >>> hash_of_table(pl.DataFrame({"a": ["x", ""]})) == hash_of_table(pl.DataFrame({"a": ["x", None]}))
    False
    """
    digest = hashlib.sha256()
    for name in table.columns:
        column = table[name]
        text = column.dtype == pl.String
        digest.update(f"{len(name)}:{name}:{'text' if text else 'number'}:{len(column)}\n".encode())
        for start in range(0, len(column), _SLICE):
            part = column.slice(start, _SLICE)
            digest.update(_bytes_of_texts(part) if text else _bytes_of_numbers(part))
    return digest.hexdigest()


def _bytes_of_texts(texts: pl.Series) -> bytes:
    lengths = texts.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8")
    return lengths.tobytes() + str(texts.str.join("").item()).encode()


def _bytes_of_numbers(numbers: pl.Series) -> bytes:
    values = numbers.cast(pl.Float64).fill_null(0.0).to_numpy().astype("<f8") + 0.0  # + 0.0 makes -0.0 plain
    values = np.where(np.isnan(values), np.nan, values)  # one NaN of the many that there are
    return values.tobytes() + numbers.is_null().to_numpy().tobytes()
