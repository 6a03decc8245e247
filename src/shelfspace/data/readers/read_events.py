"""Event logs of the usual layouts as events."""

from __future__ import annotations

from typing import Any

import polars as pl

from shelfspace.data.cleaning.products import ROW
from shelfspace.data.cleaning.times import times
from shelfspace.data.events import EVENTS_SCHEMA, Events
from shelfspace.data.readers.chunk import Reject, rejects_table
from shelfspace.data.readers.named import read_named

_NAMES = {
    "user_id": "user, userid, visitor id, visitorid, session id, session, customer id, customer, client id, "
    "reviewer id, user name, uid, 用户id, 用户",
    "id": "item id, itemid, product id, item, product, movie id, asin, parent asin, sku, iid, article id, "
    "商品id, 商品",
    "shop": "store, merchant, seller, vendor, 店铺",
    "event": "event type, action, behavior, behavior type, type, event name, 行为",
    "timestamp": "time, date, datetime, event time, created at, ts, unix review time, unixreviewtime, "
    "review date, 时间",
    "value": "rating, score, stars, overall, amount, quantity, price, weight, 评分",
}
_RATINGS = {4: ["user_id", "id", "value", "timestamp"], 3: ["user_id", "id", "value"], 2: ["user_id", "id"]}


def read_events(source: Any) -> Events:
    """The events of a log, in time order.

    `source` is a path (CSV and the like, JSON lines, Parquet…; MovieLens' headerless `u.data` too) or a table
    that speaks Arrow. Times may be ISO 8601 or Unix times; without an offset they are taken for UTC. A log
    without an event column gives "rate" where it has values and "view" elsewhere. Rows without user or
    product, and times and values that cannot be read, are in `Events.rejects`.

    Raises `FeedError` where the source is no table or has no user or product column.
    """
    named = read_named(source, _NAMES, "user_id id", _RATINGS)
    table, rejects = named.table, list(named.rejects)
    for name in EVENTS_SCHEMA:
        if name not in table.columns:
            table = table.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    values = table["value"].str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    values = values.set(~values.is_finite().fill_null(False), None)
    read = times(table["timestamp"])
    rejects += _unread(table, "value", values) + _unread(table, "timestamp", read)
    whole = table.select((pl.col("user_id").is_not_null() & pl.col("id").is_not_null()).alias("whole"))
    rejects += [
        Reject(row, "user_id" if user is None else "id", None, "an event needs a user and a product")
        for row, user in table.filter(~whole["whole"]).select(ROW, "user_id").rows()
    ]
    kind = pl.when(pl.col("value").is_not_null()).then(pl.lit("rate")).otherwise(pl.lit("view"))
    events = (
        table.with_columns(values.alias("value"), read.alias("timestamp"))
        .with_columns(pl.coalesce(pl.col("event").str.to_lowercase(), kind).alias("event"))
        .filter(whole["whole"])
        .select(pl.col(name).cast(dtype) for name, dtype in EVENTS_SCHEMA.items())
        .sort("timestamp", maintain_order=True)
    )
    return Events(events, rejects_table(rejects, named.source), named.mapping)


def _unread(table: pl.DataFrame, name: str, read: pl.Series) -> list[Reject]:
    lost = table.filter(table[name].is_not_null() & read.is_null()).select(ROW, name)
    what = "a number" if name == "value" else "a time"
    return [Reject(row, name, text, f"not {what}", "value dropped") for row, text in lost.rows()]
