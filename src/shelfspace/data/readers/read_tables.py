"""Tables that are no product feeds, read by a schema that is given or guessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.feed import feeds
from shelfspace.data.readers.text_table import read_text_table
from shelfspace.data.table_schema import KINDS, TableSchema, as_catalog, guess_schema, read_schema


class ReadTables(NamedTuple):
    """The tables as one `catalog`, a shop each, what their columns are, and a line `told` of each table."""

    catalog: Catalog
    schema: TableSchema
    told: list[str]


def read_tables(paths: Sequence[str | Path], schema: str | Path = "auto") -> ReadTables:
    """Tables read by `schema`, a JSON file as `read_schema` takes it, or "auto" for what can be guessed.

    A column that two tables have is what it is in the first. Raises `FeedError` for what is no table and
    `OptionError` for what is no schema of it.
    """
    parts: list[Catalog] = []
    kinds: dict[str, str] = {}
    told: list[str] = []
    for feed in feeds([Path(path) for path in paths]):
        table = read_text_table(feed.path)
        own = guess_schema(table) if str(schema) == "auto" else read_schema(schema, table)
        parts.append(as_catalog(table, own, feed.shop))
        kinds = {**own.kinds, **kinds}
        columns = [f"{kind}: {', '.join(own.of_kind(kind))}" for kind in KINDS if own.of_kind(kind)]
        told.append(f"{feed.shop}: {len(parts[-1]):,} of {table.height:,} rows; {'; '.join(columns)}")
    merged = {name: kind for name, kind in kinds.items() if kind in ("text", "category", "number")}
    return ReadTables(Catalog.concat(parts), TableSchema(merged), told)
