"""Any table file read whole as text, under its own column names."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shelfspace.data.readers.feed import feeds
from shelfspace.data.readers.formats import open_feed
from shelfspace.errors import FeedError


def read_text_table(path: str | Path) -> pl.DataFrame:
    """Every row and column of a file in any format that feeds come in, cells as text.

    Raises `FeedError` where it cannot be read or has no row.
    """
    feed = feeds([Path(path)])[0]
    try:
        parts = [chunk.table for chunk in open_feed(feed).chunks if chunk.table.height]
    except (pl.exceptions.PolarsError, ValueError, OSError) as error:
        raise FeedError(
            f"{feed.name} cannot be read: {(str(error).splitlines() or ['damaged'])[0][:200]}.",
            "It is a table with a header.",
            "Export it again.",
        ) from None
    if not parts:
        raise FeedError(f"{feed.name} holds no rows.", "A table has some.", "Pass another file.")
    return pl.concat(parts, how="diagonal")
