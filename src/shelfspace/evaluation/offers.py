"""Files of offer pairs, both offers written out in each row, as one catalogue and pairs of ids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from shelfspace.data import Catalog, read_catalog
from shelfspace.encoders.tokens import Int64
from shelfspace.errors import FeedError

#: The shop that all offers are listed under.
POOL = "pool"
#: What is read of an offer. Cluster ids are left out: they are the answer.
_ATTRIBUTES = {
    "title": "title",
    "brand": "brand",
    "description": "description",
    "price": "price",
    "priceCurrency": "currency",
}


def read_offer_pairs(
    paths: dict[str, Path], others: Sequence[Path] = ()
) -> tuple[dict[str, pl.DataFrame], list[pl.DataFrame]]:
    """The pairs of each file as text: `id_left`, `id_right`, `label` and both offers' attributes.

    A file without ids gets them from titles: that of the first offer with the very title in any other file,
    `others` included, else a number. The second part are those others, read likewise. Raises `FeedError`
    where a file is no CSV with titles on both sides and labels.
    """
    tables = {part: _read(path) for part, path in paths.items()}
    more = [_read(path) for path in others]
    known = _offers([*tables.values(), *more])
    if "id" in known.columns:
        known = known.drop_nulls(["id", "title"]).unique("title", keep="first", maintain_order=True)
    return (
        {part: _with_ids(table, known) for part, table in tables.items()},
        [_with_ids(table, known) for table in more],
    )


def collect_offers(tables: Sequence[pl.DataFrame], others: Sequence[pl.DataFrame] = ()) -> Catalog:
    """Every offer of `tables` once, whichever side it stands on, under the one shop "pool".

    What no table says of an offer, a file of titles alone for one, is taken from `others`.
    """
    asked = _offers(tables).select("id")
    said = _offers([*tables, *others]).group_by("id", maintain_order=True).agg(pl.all().drop_nulls().first())
    return read_catalog(said.join(asked, "id", "semi", maintain_order="left"), shop=POOL)


def same_clusters(tables: Sequence[pl.DataFrame], catalog: Catalog) -> tuple[Int64, Int64]:
    """Rows of `catalog` in one cluster, each tied to its first: int64 `[m]` twice, empty without ids."""
    parts = [
        table.select(pl.col(f"id_{side}").alias("id"), pl.col(f"cluster_id_{side}").alias("cluster"))
        for table in tables
        for side in ("left", "right")
        if f"cluster_id_{side}" in table.columns
    ]
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    rows = catalog.table.select("id", pl.int_range(pl.len(), dtype=pl.Int64).alias("row"))
    tied = pl.concat(parts).drop_nulls().unique("id").join(rows, "id").sort("row")
    tied = tied.with_columns(pl.col("row").first().over("cluster").alias("first"))
    tied = tied.filter(pl.col("row") != pl.col("first"))
    return tied["first"].to_numpy(), tied["row"].to_numpy()


def _read(path: Path) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unread(path, str(error).splitlines()[0][:200]) from None
    missing = [name for name in ("title_left", "title_right", "label") if name not in table.columns]
    if missing:
        raise _unread(path, f"it has no column {', '.join(missing)}")
    return table


def _unread(path: Path, reason: str) -> FeedError:
    return FeedError(
        f"{path.name} cannot be read as offer pairs: {reason}.",
        "Offer pairs are a CSV with title_left, title_right and label, and perhaps more *_left and *_right.",
        "Download or export the file again.",
    )


def _offers(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The offers of all tables one below the other: `id` and the attributes, as far as they are there."""
    parts = []
    for table in tables:
        for side in ("left", "right"):
            names = {f"id_{side}": "id"} | {f"{name}_{side}": to for name, to in _ATTRIBUTES.items()}
            parts.append(table.select(pl.col(name).alias(to) for name, to in names.items() if name in table))
    return pl.concat(parts, how="diagonal")


def _with_ids(table: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    if "id_left" in table.columns and "id_right" in table.columns:
        return table
    titles = pl.concat([table["title_left"], table["title_right"]]).drop_nulls().unique(maintain_order=True)
    ids = pl.DataFrame({"title": titles}).with_columns(
        pl.format("title-{}", pl.int_range(pl.len())).alias("id")
    )
    if "id" in known.columns:
        given = known.select("title", pl.col("id").alias("given"))
        ids = ids.join(given, "title", "left", maintain_order="left").select(
            "title", pl.coalesce("given", "id").alias("id")
        )
    for side in ("left", "right"):
        named = ids.rename({"title": f"title_{side}", "id": f"id_{side}"})
        table = table.join(named, f"title_{side}", "left", maintain_order="left")
    return table
