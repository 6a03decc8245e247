"""One thing that looks wrong with a listing, and the table of many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from shelfspace.data.catalog import Catalog

#: What a table of findings has in each row; see `listing_anomalies`.
SCHEMA: dict[str, pl.DataType] = {
    "shop": pl.String(),
    "id": pl.String(),
    "anomaly": pl.String(),
    "attribute": pl.String(),
    "value": pl.String(),
    "suggested": pl.String(),
    "p_value": pl.Float64(),
    "other_shop": pl.String(),
    "other_id": pl.String(),
    "why": pl.String(),
}


class Suspicion(NamedTuple):
    """What is wrong with the listing at `row`: the kind, the attribute with its value and a better one, and
    why.

    `p_value` is how likely a right listing looks so strange, `other` the row of another listing that is
    concerned; None where there is none.
    """

    row: int
    anomaly: str
    why: str
    attribute: str | None = None
    value: str | None = None
    suggested: str | None = None
    p_value: float | None = None
    other: int | None = None


def table_of(catalog: Catalog, found: Iterable[Suspicion]) -> pl.DataFrame:
    """The suspicions as a table with the columns of `SCHEMA`, in the order given."""
    keys = catalog.table.select("shop", "id").rows()
    rows = [
        (*keys[one.row], one.anomaly, one.attribute, one.value, one.suggested, one.p_value)
        + ((None, None) if one.other is None else keys[one.other])
        + (one.why,)
        for one in found
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
