"""Logs of events whose layout is known by the file alone: without a header, or parted by two signs."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shelfspace.data.events import Events
from shelfspace.data.readers.chunk import Reject, rejects_table
from shelfspace.data.readers.read_events import read_events
from shelfspace.evaluation.listed_interactions import text_lines

#: Columns of a log without header, by their number: ratings, Amazon's reviews, Last.fm's plays.
_RATINGS = {4: ("user_id", "id", "value", "timestamp"), 3: ("user_id", "id", "value"), 2: ("user_id", "id")}
_PLAYS = ("user_id", "id", "artist", "value")
_NAMED = {"userid artistid weight": ("user_id", "id", "value")}


def read_log(path: Path) -> Events:
    """The events of a log: `read_events`, and besides it what its header cannot tell.

    Read here are lines parted by `::` (MovieLens' .dat), and tables without a header whose last or third
    column holds numbers: user, item, rating, time (Amazon), or user, artist's id, artist, plays (Last.fm).
    Lines with another number of columns become rejects. Raises `FeedError` as `read_events` does.
    """
    first = _first_line(path)
    sign = next((sign for sign in ("::", "\t", ",") if sign in first), None)
    columns = None if sign is None else _columns(first.split(sign))
    if sign is None or columns is None:
        return read_events(path)
    lines = text_lines(path)
    if " ".join(first.lower().split()) in _NAMED:
        lines = lines[1:]
    cells = lines.with_columns(pl.col("line").str.split(sign).alias("cells"))
    whole = pl.col("cells").list.len() == len(columns)
    table = cells.filter(whole).select(
        pl.col("cells").list.get(place).str.strip_chars().alias(name) for place, name in enumerate(columns)
    )
    events = read_events(table)
    wrong = [
        Reject(row, None, line, f"not {len(columns)} columns")
        for row, line in cells.filter(~whole).select("row", "line").rows()
    ]
    return Events(events.table, pl.concat([rejects_table(wrong, path.name), events.rejects]), events.mapping)


def _columns(cells: list[str]) -> tuple[str, ...] | None:
    """The columns of a table by its first line; None where that is a header that `read_events` knows."""
    named = " ".join(cell.strip().lower() for cell in cells)
    if named in _NAMED:
        return _NAMED[named]
    numbers = [cell.strip().replace(".", "", 1).isdigit() for cell in cells]
    if len(cells) == 4 and numbers == [False, False, False, True]:
        return _PLAYS
    if len(cells) == 2:
        return _RATINGS[2] if all(numbers) else None
    return _RATINGS.get(len(cells)) if all(numbers[2:]) else None


def _first_line(path: Path) -> str:
    """The first line of a plain text; nothing of a packed or binary file."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    if (
        start[:2] == b"\x1f\x8b"
        or b"\0" in start
        or start[:4] == b"PAR1"
        or start.lstrip()[:1] in (b"{", b"[")
    ):
        return ""
    return start.split(b"\n")[0].decode("utf-8-sig", "replace").strip("\r")
