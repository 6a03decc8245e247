"""What a query log says of queries and products, with the places in which products were shown weighed out.

A product in the tenth place is seen by few, so a click there says more: each counts the inverse of the chance
to be looked at, 1 / place (inverse propensity scoring, Joachims, Swaminathan and Schnabel 2017, section 4).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.query_log import QueryLog
from shelfspace.encoders.tokens import normalise
from shelfspace.tasks.recommend.histories import WEIGHTS, product_rows
from shelfspace.tasks.search.judged import Judged

_SEEN = dict.fromkeys(("view", "impression", "shown"), 0.0)  # which is not yet to take it
_MOST = 10.0  # that one click may count, or a single one far below would decide


def judged_of_log(catalog: Catalog, log: QueryLog) -> Judged:
    """The queries of a log, each once, with the products taken for it, by how often and how far down.

    The weights of a query's products are relative to that of its best, in 0…1. Products that the catalogue
    does not have are left out, and queries that are left without any.
    """
    table = log.table.with_columns(
        pl.Series("query", [normalise(text).strip() for text in log.table["query"]], dtype=pl.String)
    )
    rows = pl.Series("row", product_rows(table, catalog))
    kind = table["event"].replace_strict(WEIGHTS | _SEEN, default=1.0, return_dtype=pl.Float64)
    place = table["position"].fill_null(1).clip(1, _MOST).cast(pl.Float64)
    known = table.select("query").with_columns(rows, (kind * place).alias("weight"))
    known = known.filter((pl.col("row") >= 0) & (pl.col("weight") > 0) & (pl.col("query") != ""))
    taken = known.group_by("query", "row", maintain_order=True).agg(pl.col("weight").sum())
    taken = taken.with_columns(pl.col("weight") / pl.col("weight").max().over("query")).sort("query", "row")
    asked = taken.group_by("query", maintain_order=True).len()
    return Judged(
        asked["query"].to_list(),
        np.concatenate([[0], np.cumsum(asked["len"].to_numpy())]).astype(np.int64),
        taken["row"].to_numpy().astype(np.int64),
        taken["weight"].to_numpy().astype(np.float32),
        np.full(asked.height, -1, np.int64),
    )
