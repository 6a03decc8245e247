"""Query logs of the usual layouts."""

from __future__ import annotations

from typing import Any

import polars as pl

from shelfspace.data.cleaning.products import ROW
from shelfspace.data.query_log import QUERIES_SCHEMA, QueryLog
from shelfspace.data.readers.chunk import Reject, rejects_table
from shelfspace.data.readers.named import read_named

_NAMES = {
    "query": "search, search term, search query, query text, keyword, keywords, term, text, q, 搜索词",
    "id": "item id, itemid, product id, clicked id, item, product, asin, sku, article id, 商品id, 商品",
    "shop": "store, merchant, seller, vendor, 店铺",
    "event": "event type, action, type, event name, 行为",
    "position": "rank, pos, place, slot, 位置",
}


def read_queries(source: Any) -> QueryLog:
    """What was searched for and taken, in the order of the log.

    `source` is a path (CSV and the like, JSON lines, Parquet…) or a table that speaks Arrow. A log without an
    event column is one of clicks. Rows without query or product, and positions that are no number from 1 on,
    are in `QueryLog.rejects`.

    Raises `FeedError` where the source is no table or has no query or product column.
    """
    named = read_named(source, _NAMES, "query id")
    table, rejects = named.table, list(named.rejects)
    for name in QUERIES_SCHEMA:
        if name not in table.columns:
            table = table.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    positions = table["position"].cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    positions = positions.set((positions < 1).fill_null(False), None)
    lost = table.filter(table["position"].is_not_null() & positions.is_null()).select(ROW, "position")
    rejects += [Reject(row, "position", text, "not a place", "value dropped") for row, text in lost.rows()]
    whole = table.select((pl.col("query").is_not_null() & pl.col("id").is_not_null()).alias("whole"))["whole"]
    rejects += [
        Reject(row, "query" if query is None else "id", None, "a row needs a query and a product")
        for row, query in table.filter(~whole).select(ROW, "query").rows()
    ]
    read = table.with_columns(
        positions.alias("position"), pl.col("event").str.to_lowercase().fill_null("click")
    )
    log = read.filter(whole).select(pl.col(name).cast(dtype) for name, dtype in QUERIES_SCHEMA.items())
    return QueryLog(log, rejects_table(rejects, named.source), named.mapping)
