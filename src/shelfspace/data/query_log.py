"""Query logs: what shoppers searched for, and what they then took."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from shelfspace.data.catalog import no_rejects
from shelfspace.errors import FeedError

QUERIES_SCHEMA: dict[str, pl.DataType] = {
    "query": pl.String(),
    "shop": pl.String(),
    "id": pl.String(),
    "event": pl.String(),
    "position": pl.Int64(),
}


@dataclass(frozen=True)
class QueryLog:
    """A row for each product that somebody took for a query.

    `table` has the columns of `QUERIES_SCHEMA`: `shop` is null where the log names none, `event` says what
    was done (click, cart, buy), `position` is the place in the list that was shown, 1 the first, or null.
    `rejects` tells what the reader dropped or flagged.

    Raises `FeedError` where the table lacks a column or some rows have no query or no product.
    """

    table: pl.DataFrame
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    mapping: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.table.schema != pl.Schema(QUERIES_SCHEMA):
            raise FeedError(
                f"The table has the columns {', '.join(self.table.columns)}.",
                f"A query log has {', '.join(QUERIES_SCHEMA)}, typed as in QUERIES_SCHEMA.",
                "Read the log with read_queries.",
            )
        if self.table.select("query", "id").null_count().sum_horizontal().item():
            raise FeedError("Some rows have no query or no product.", "Each has both.", "Drop these rows.")

    def __len__(self) -> int:
        return self.table.height
