"""Pair files of the usual layouts as pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.products import ROW
from shelfspace.data.pairs import PAIRS_SCHEMA, Pairs
from shelfspace.data.readers.chunk import Reject, rejects_table
from shelfspace.data.readers.named import Named, read_named
from shelfspace.errors import PairsError

_NAMES = {
    "left_shop": "shop left, shop 1, lshop",
    "right_shop": "shop right, shop 2, rshop",
    "left_id": "ltable id, id left, id 1, id1, left, lid, idabt, idamazon, source id, product id 1",
    "right_id": "rtable id, id right, id 2, id2, right, rid, idbuy, idgooglebase, target id, product id 2",
    "label": "match, is match, gold, gold label, same, target, duplicate, is duplicate, y",
    "origin": "source of label",
    "weight": "confidence",
}
_LABELS = {
    1: ("1", "1.0", "true", "yes", "y", "t", "match", "same"),
    0: ("0", "0.0", "false", "no", "n", "f", "different"),
}


def read_pairs(
    source: Any, catalog: Catalog | None = None, left: str | None = None, right: str | None = None
) -> Pairs:
    """The labelled pairs of a file or table.

    The columns are those of `PAIRS_SCHEMA`, DeepMatcher's `ltable_id,rtable_id,label`, or
    `left_id,right_id[,label]`; a pair without a label counts as the same product. Where the file names no
    shops they are `left` and `right`, by default the catalogue's first two (its one shop twice). With a
    catalogue, pairs that it does not hold are dropped. What was dropped is in `Pairs.rejects`.

    Raises `FeedError` where the source is no table or has no id columns, `PairsError` where it names no shops
    and neither the arguments nor a catalogue do.
    """
    named = read_named(source, _NAMES, "left_id right_id")
    table = _with_shops(named, catalog, left, right)
    table, rejects = _labelled(table)
    table, incomplete = _split(table, pl.all_horizontal(pl.col(list(PAIRS_SCHEMA)[:4]).is_not_null()))
    rejects += [Reject(row, None, None, "a pair needs two ids") for row in incomplete[ROW]]
    if catalog is not None:
        table, unknown = _known(table, catalog)
        rejects += unknown
    pairs = Pairs.from_table(table.drop(ROW))
    return replace(pairs, rejects=rejects_table([*named.rejects, *rejects], named.source))


def _with_shops(named: Named, catalog: Catalog | None, left: str | None, right: str | None) -> pl.DataFrame:
    table = named.table
    shops = catalog.shops if catalog is not None else []
    given = {
        "left_shop": left or next(iter(shops), None),
        "right_shop": right or next(iter(shops[1:] or shops), None),
    }
    for name, shop in given.items():
        asked = left if name == "left_shop" else right
        if name in table.columns and asked is None:
            continue
        if shop is None:
            raise PairsError(
                f"{named.source} names no shops.",
                "The two ids of a pair belong to shops.",
                "Pass left= and right=, or the catalogue.",
            )
        table = table.with_columns(pl.lit(shop).alias(name))
    return table


def _labelled(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Reject]]:
    """The table with labels 0 and 1 and a numeric weight, without the rows whose label is neither."""
    if "weight" in table.columns:
        weight = pl.col("weight").cast(pl.Float32, strict=False)
        table = table.with_columns(pl.when(weight.is_finite() & (weight >= 0)).then(weight).fill_null(1.0))
    if "origin" in table.columns:
        table = table.with_columns(pl.col("origin").fill_null("human"))
    if "label" not in table.columns:
        return table, []
    words = {word: label for label, known in _LABELS.items() for word in known}
    label = pl.col("label").str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Int8)
    table = table.with_columns(label.alias("read"))
    table, unread = _split(table, pl.col("read").is_not_null())
    rejects = [
        Reject(row, "label", text, "a label is 0 or 1") for row, text in unread.select(ROW, "label").rows()
    ]
    return table.drop("label").rename({"read": "label"}), rejects


def _known(table: pl.DataFrame, catalog: Catalog) -> tuple[pl.DataFrame, list[Reject]]:
    """The pairs that the catalogue holds, and rejects for the others."""
    rejects: list[Reject] = []
    missing = pl.Series([False] * table.height, dtype=pl.Boolean)
    for side in ("left", "right"):
        rows = pl.Series(catalog.rows_of(table, f"{side}_shop", f"{side}_id"))
        gone = (rows < 0) & ~missing
        missing = missing | (rows < 0)
        for row, shop, identifier in table.filter(gone).select(ROW, f"{side}_shop", f"{side}_id").rows():
            rejects.append(
                Reject(row, f"{side}_id", identifier, f"the catalogue has no such product of shop {shop!r}")
            )
    return table.filter(~missing), rejects


def _split(table: pl.DataFrame, condition: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    return table.filter(condition), table.filter(~condition)
