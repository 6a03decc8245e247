"""Pairs of ids with what the two listings say, for pages and screens."""

from __future__ import annotations

import polars as pl

from shelfspace.data.catalog import Catalog


def listed_pairs(catalog: Catalog, pairs: pl.DataFrame, left: str, right: str) -> pl.DataFrame:
    """The pairs, a left_id and a right_id each, with `title` and `price` of both sides; order is kept.

    Prices are text with their currency, null where a shop names none. Other columns stay as they are.
    """
    for side, shop in (("left", left), ("right", right)):
        price = pl.format(
            "{} {}", pl.col("price").round(2), pl.col("currency").fill_null("")
        ).str.strip_chars()
        listings = catalog.table.filter(pl.col("shop") == shop).select(
            pl.col("id").alias(f"{side}_id"),
            pl.col("title").alias(f"{side}_title"),
            price.alias(f"{side}_price"),
        )
        pairs = pairs.join(listings, on=f"{side}_id", how="left", maintain_order="left")
    return pairs
