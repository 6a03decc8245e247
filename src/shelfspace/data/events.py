"""Events: who did what with which product, and when."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from shelfspace.data.catalog import no_rejects
from shelfspace.errors import FeedError

EVENTS_SCHEMA: dict[str, pl.DataType] = {
    "user_id": pl.String(),
    "shop": pl.String(),
    "id": pl.String(),
    "event": pl.String(),
    "timestamp": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
}


@dataclass(frozen=True)
class Events:
    """A log of events in time order; those without a timestamp keep their place in the log, at its start.

    `table` has the columns of `EVENTS_SCHEMA`; `shop` is null where the log names none, `value` is a rating,
    an amount or null. `rejects` tells what the reader dropped or flagged.

    Raises `FeedError` where the table lacks a column or some rows have no user or no product.
    """

    table: pl.DataFrame
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    mapping: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.table.schema != pl.Schema(EVENTS_SCHEMA):
            raise FeedError(
                f"The table has the columns {', '.join(self.table.columns)}.",
                f"Events have {', '.join(EVENTS_SCHEMA)}, typed as in EVENTS_SCHEMA.",
                "Read the log with read_events.",
            )
        if self.table.select("user_id", "id").null_count().sum_horizontal().item():
            raise FeedError("Some events have no user or no product.", "Each has both.", "Drop these rows.")

    def __len__(self) -> int:
        return self.table.height

    def followed_by(self, more: Events) -> Events:
        """This log with the events of another one in it, in time order.

        Where `more` begins no earlier than this log ends, as a log that is written on does, the cost grows
        with `more` alone.
        """
        table = self.table.vstack(more.table)
        ends, begins = (log.table["timestamp"].slice(at, 1) for log, at in ((self, -1), (more, 0)))
        if len(ends) and len(begins) and not (ends <= begins).all(ignore_nulls=False):
            table = table.sort("timestamp", maintain_order=True)
        return Events(table, self.rejects, self.mapping)
