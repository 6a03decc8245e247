"""Pairs of ids with what the two listings say, for pages and screens."""

from __future__ import annotations

import polars as pl

from shelfspace.data.catalog import Catalog


def listed_pairs(catalog: Catalog, pairs: pl.DataFrame, left: str, right: str) -> pl.DataFrame:
    """The pairs, a left_id and a right_id each, with `title` and `price` of both sides; order is kept.

    Prices are text with their currency, such as "64.30 USD", null where a listing has none. Other columns
    stay as they are.

    >>> shelf = pl.DataFrame({"shop": ["a", "b"], "id": ["1", "2"], "price": [3.5, None]})
    >>> pair = pl.DataFrame({"left_id": ["1"], "right_id": ["2"]})
    >>> listed_pairs(Catalog.from_table(shelf), pair, "a", "b").row(0)
    ('1', '2', None, '3.50', None, None)
    """
    for side, shop in (("left", left), ("right", right)):
        listings = catalog.table.filter(pl.col("shop") == shop).select(
            pl.col("id").alias(f"{side}_id"),
            pl.col("title").alias(f"{side}_title"),
            _price().alias(f"{side}_price"),
        )
        pairs = pairs.join(listings, on=f"{side}_id", how="left", maintain_order="left")
    return pairs


def _price() -> pl.Expr:
    cents = (pl.col("price") * 100).round().cast(pl.Int64)
    decimals = (cents % 100).cast(pl.String).str.zfill(2)
    return pl.format("{}.{} {}", cents // 100, decimals, pl.col("currency").fill_null("")).str.strip_chars()
