"""Tables that are no product feeds, read by a schema that is given or guessed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shelfspace.cli.speak import say, step

if TYPE_CHECKING:
    from shelfspace.data import Catalog
    from shelfspace.data.table_schema import TableSchema


def read_tables(paths: list[Path], schema: Path | None) -> tuple[Catalog, TableSchema]:
    """The catalogue of the tables, a shop each, and what their columns are, having told it.

    A column that two tables have is what it is in the first. Raises `FeedError` for what is no table and
    `OptionError` for what is no schema of it.
    """
    from shelfspace.data import Catalog
    from shelfspace.data.readers.feed import feeds
    from shelfspace.data.readers.text_table import read_text_table
    from shelfspace.data.table_schema import KINDS, TableSchema, as_catalog, guess_schema, read_schema

    parts: list[Catalog] = []
    kinds: dict[str, str] = {}
    with step(f"Reading {len(paths)} {'table' if len(paths) == 1 else 'tables'}"):
        for feed in feeds(paths):
            table = read_text_table(feed.path)
            own = guess_schema(table) if schema is None else read_schema(schema, table)
            parts.append(as_catalog(table, own, feed.shop))
            kinds = {**own.kinds, **kinds}
            told = [f"{kind}: {', '.join(own.of_kind(kind))}" for kind in KINDS if own.of_kind(kind)]
            say(f"  {feed.shop}: {len(parts[-1]):,} of {table.height:,} rows; {'; '.join(told)}")
    merged = {name: kind for name, kind in kinds.items() if kind in ("text", "category", "number")}
    return Catalog.concat(parts), TableSchema(merged)
