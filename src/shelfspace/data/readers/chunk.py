"""What every reader yields: some rows of a feed as text, and what it could not take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from shelfspace.data.schema import REJECTS_SCHEMA

DROPPED_ROW, DROPPED_VALUE, FLAGGED = "row dropped", "value dropped", "flagged"
VALUE_LIMIT = 200
#: Products in one chunk of the readers that build rows in Python.
CHUNK_ROWS = 50_000


class Reject(NamedTuple):
    """A row (1-based in its feed) or one of its values that was dropped or flagged, and why."""

    row: int | None
    attribute: str | None
    value: str | None
    reason: str
    action: str = DROPPED_ROW


@dataclass
class Chunk:
    """Rows as text columns under the feed's own names, their row numbers, and the rejects among them.

    `exact` names columns whose numbers came typed, so that their decimal point is one. `marked` says that
    the text may hold marks of undecodable bytes.
    """

    table: pl.DataFrame
    rows: pl.Series
    rejects: list[Reject] = field(default_factory=list)
    exact: frozenset[str] = frozenset()
    marked: bool = False


def records_chunk(
    records: list[dict[str, str | None]],
    rows: list[int],
    rejects: list[Reject],
    exact: frozenset[str] = frozenset(),
    marked: bool = True,
) -> Chunk:
    """The chunk of records with differing keys."""
    names = dict.fromkeys(name for record in records for name in record)
    columns = [pl.Series(name, [record.get(name) for record in records], dtype=pl.String) for name in names]
    return Chunk(pl.DataFrame(columns), pl.Series(rows, dtype=pl.Int64), rejects, exact, marked)


def rejects_table(rejects: list[Reject], source: str) -> pl.DataFrame:
    """The rejects as a table of `REJECTS_SCHEMA`."""
    values = [(item.value[:VALUE_LIMIT] if item.value else item.value) for item in rejects]
    return pl.DataFrame(
        {
            "source": [source] * len(rejects),
            "row": [item.row for item in rejects],
            "attribute": [item.attribute for item in rejects],
            "value": values,
            "reason": [item.reason for item in rejects],
            "action": [item.action for item in rejects],
        },
        schema=REJECTS_SCHEMA,
    )
