"""A stock file as it lies on the disk: its cells as text, and the file again with some of them changed."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from shelfspace.data.readers.chunk import Reject
from shelfspace.data.readers.columnar import text_chunk
from shelfspace.data.readers.feed import Feed, binary_kind, check_file
from shelfspace.errors import FeedError
from shelfspace.tasks.sync.delimited_sheet import delimited_cells
from shelfspace.tasks.sync.json_lines_sheet import json_lines_cells

#: Record number (1-based) → column → the text that goes there.
Changes = dict[int, dict[str, str]]
NEEDED = "A stock file is CSV, TSV, JSON lines or Parquet, not compressed."


@dataclass(frozen=True)
class Sheet:
    """The cells of a stock file: a row of `table`, all text, for each record that could be taken apart.

    `records` are their numbers in the file, from 1; `exact` the columns whose numbers came typed. `rewrite`
    gives the file's bytes with some cells changed; whatever is not changed stays as it was, byte for byte in
    text. `path` is None for a table in memory, `raw` the bytes that were read.
    """

    name: str
    shop: str
    table: pl.DataFrame
    records: list[int]
    rewrite: Callable[[Changes], bytes]
    path: Path | None = None
    raw: bytes = b""
    exact: frozenset[str] = frozenset()
    rejects: list[Reject] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The SHA-256 of what was read: by it one knows whether the file has been changed since."""
        return hashlib.sha256(self.raw).hexdigest()


def read_sheet(source: Any, shop: str | None = None) -> Sheet:
    """The sheet of a path, or of a table that speaks Arrow; `shop` is the file's, by default its name.

    Raises `FeedError` for what is no stock file: missing, empty, binary, compressed or of another format.
    """
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if hasattr(source, "__arrow_c_stream__"):
        table = pl.DataFrame(source)
        return _typed(table, name="the table", shop=shop or "")
    if not isinstance(source, str | os.PathLike):
        raise FeedError(
            f"The stock is of type {type(source).__name__}.",
            "It is a path or a table that speaks Arrow, or several.",
            "Pass one of these.",
        )
    path = Path(source)
    feed = Feed(path, path.name, path.stem)
    check_file(feed)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FeedError(
            f"{path} cannot be opened: {error.strerror}.", NEEDED, "Check the rights on it."
        ) from None
    return sheet_of_bytes(raw, path, shop or path.stem)


def sheet_of_bytes(raw: bytes, path: Path, shop: str) -> Sheet:
    """The sheet of the bytes that a file holds, or would hold; `FeedError` as `read_sheet`."""
    given: dict[str, Any] = {"name": path.name, "shop": shop, "path": path, "raw": raw}
    start = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = binary_kind(Feed(path, path.name, shop), raw[:64])
    if kind == "parquet":
        return _typed(_parquet(path.name, raw), **given)
    if kind or raw[:2] == b"\x1f\x8b" or start[:1] in (b"<", b"["):
        raise FeedError(
            f"{path.name} is of another format.", NEEDED, "Unpack it, or export the stock as one of these."
        )
    cells = json_lines_cells if start[:1] == b"{" else delimited_cells
    return Sheet(**given, **cells(path.name, raw)._asdict())


def _parquet(name: str, raw: bytes) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(raw))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FeedError(f"{name} is a damaged Parquet file ({error}).", NEEDED, "Export it again.") from None


def _typed(frame: pl.DataFrame, **given: Any) -> Sheet:
    """The sheet of a table whose columns have types, which new cells are turned into."""
    chunk = text_chunk(frame, 0)

    def rewrite(changes: Changes) -> bytes:
        written = io.BytesIO()
        changed_table(frame, changes).write_parquet(written)
        return written.getvalue()

    return Sheet(table=chunk.table, records=chunk.rows.to_list(), exact=chunk.exact, rewrite=rewrite, **given)


def changed_table(frame: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    """The typed table with some cells changed; `FeedError` where a column's type cannot hold one."""
    by_column: dict[str, dict[int, str]] = {}
    for record, cells in changes.items():
        for column, text in cells.items():
            by_column.setdefault(column, {})[record - 1] = text
    for column, texts in by_column.items():
        dtype = frame.schema[column]
        try:
            values = pl.Series([text or None for text in texts.values()], dtype=pl.String).cast(dtype)
        except pl.exceptions.PolarsError:
            raise FeedError(
                f"The column {column} holds {dtype}, the new value {next(iter(texts.values()))!r} is none.",
                "A column holds values of one type.",
                "Write the column as text or as decimal numbers.",
            ) from None
        frame = frame.with_columns(frame[column].clone().scatter(list(texts), values))
    return frame
