"""Pair and event files read as one text table under known names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from shelfspace.data.aliases import key
from shelfspace.data.cleaning.products import ROW
from shelfspace.data.readers.chunk import Chunk, Reject
from shelfspace.data.readers.columnar import read_table
from shelfspace.data.readers.feed import Feed, feeds
from shelfspace.data.readers.formats import open_feed
from shelfspace.errors import FeedError


class Named(NamedTuple):
    """A text table under known names with `ROW` numbers, what it was called, and the rejects so far."""

    table: pl.DataFrame
    mapping: dict[str, str]
    rejects: list[Reject]
    source: str


def read_named(
    source: Any, names: dict[str, str], needed: str, headerless: dict[int, list[str]] | None = None
) -> Named:
    """The columns of `source` whose names are known, as text.

    `names` gives for each column its other names, best first, parted by commas. `headerless` gives the
    columns of a text without header by their number, taken where its first line is all numbers.
    Raises `FeedError` where the source is no table or a column named in `needed` is missing.
    """
    label, chunks = _chunks(source, headerless or {})
    parts: list[pl.DataFrame] = []
    rejects: list[Reject] = []
    mapping: dict[str, str] = {}
    for chunk in chunks:
        found = found_columns(chunk.table.columns, names)
        mapping.update(found)
        rejects.extend(chunk.rejects)
        columns = [pl.col(column).str.strip_chars().alias(name) for column, name in found.items()]
        numbers = pl.Series(ROW, chunk.rows, dtype=pl.Int64)
        parts.append(chunk.table.select(numbers, *columns))
    table = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
    missing = [name for name in needed.split() if name not in table.columns]
    if missing:
        raise FeedError(
            f"{label} has no column for {' and '.join(missing)}.",
            f"It needs {', '.join(needed.split())}, or their usual equivalents.",
            "Rename its columns.",
        )
    blank = [
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in table.columns if name != ROW
    ]
    return Named(table.with_columns(blank), mapping, rejects, label)


def _chunks(source: Any, headerless: dict[int, list[str]]) -> tuple[str, list[Chunk]]:
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if hasattr(source, "__arrow_c_stream__"):
        return "The table", list(read_table(source))
    if not isinstance(source, str | os.PathLike):
        raise FeedError(
            f"The source is of type {type(source).__name__}.",
            "A source is a path or a table that speaks Arrow.",
            "Pass one of these.",
        )
    feed = feeds([Path(source)])[0]
    return feed.name, list(open_feed(feed, _columns(feed, headerless)).chunks)


def _columns(feed: Feed, headerless: dict[int, list[str]]) -> list[str] | None:
    """The columns of a log without header: its first line holds numbers only, and as many as are known."""
    if not headerless or not feed.path.is_file():
        return None
    with feed.open() as stream:
        line = stream.read(4096).split(b"\n")[0].decode("utf-8", "replace")
    cells = line.replace("::", "\t").replace(",", "\t").split("\t")
    numbers = all(cell.strip().replace(".", "", 1).isdigit() for cell in cells)
    return headerless.get(len(cells)) if numbers else None


def found_columns(columns: list[str], names: dict[str, str]) -> dict[str, str]:
    """Column → name, the best column for each of `names`, which gives the others that each may bear."""
    known = {key(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for name, others in names.items():
        for other in [name, *others.split(",")]:
            column = known.get(key(other))
            if column is not None and column not in found:
                found[column] = name
                break
    return found
