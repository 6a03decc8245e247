"""Files of offer pairs, both offers written out in each row, as one catalogue and pairs of ids."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shelfspace.data import Catalog, read_catalog
from shelfspace.errors import FeedError

#: What is read of an offer. Cluster ids are left out: they are the answer.
_ATTRIBUTES = {
    "title": "title",
    "brand": "brand",
    "description": "description",
    "price": "price",
    "priceCurrency": "currency",
}


def read_offer_pairs(paths: dict[str, Path]) -> dict[str, pl.DataFrame]:
    """The pairs of each file as text: `id_left`, `id_right`, `label` and both offers' attributes.

    A file without ids gets them from titles: that of the first offer with the very title in any other file,
    else a number. Raises `FeedError` where a file is no CSV with titles on both sides and labels.
    """
    tables = {part: _read(path) for part, path in paths.items()}
    known = _offers(list(tables.values()))
    if "id" in known.columns:
        known = known.drop_nulls(["id", "title"]).unique("title", keep="first", maintain_order=True)
    return {part: _with_ids(table, known) for part, table in tables.items()}


def collect_offers(tables: list[pl.DataFrame]) -> Catalog:
    """Every offer once a side it occurs on, under the shops "left" and "right"."""
    sides = []
    for side in ("left", "right"):
        offers = _offers(tables, [side]).unique("id", keep="first", maintain_order=True)
        sides.append(read_catalog(offers, shop=side))
    return Catalog.concat(sides)


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


def _offers(tables: list[pl.DataFrame], sides: list[str] | None = None) -> pl.DataFrame:
    """The offers of all tables one below the other: `id` and the attributes, as far as they are there."""
    parts = []
    for table in tables:
        for side in sides or ["left", "right"]:
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
