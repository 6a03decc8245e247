"""The attributes of a product, named as in Google Merchant feeds."""

from __future__ import annotations

import polars as pl

KEY = ("shop", "id")

#: Every catalogue has these columns, in this order; a feed's other columns follow them as text.
SCHEMA: dict[str, pl.DataType] = {
    "shop": pl.String(),
    "id": pl.String(),
    "title": pl.String(),
    "description": pl.String(),
    "brand": pl.String(),
    "gtin": pl.String(),
    "mpn": pl.String(),
    "price": pl.Float64(),
    "currency": pl.String(),
    "link": pl.String(),
    "image_link": pl.String(),
    "product_type": pl.String(),
    "google_product_category": pl.String(),
    "color": pl.String(),
    "size": pl.String(),
    "product_detail": pl.String(),
    "item_group_id": pl.String(),
    "availability": pl.String(),
}

ATTRIBUTES = tuple(SCHEMA)

#: A column that a fit may add: what the other script calls what a listing says.
ALIAS = "learned_alias"

#: What became of rows and values that a reader could not take as they were.
REJECTS_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "row": pl.Int64(),
    "attribute": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
    "action": pl.String(),  # "row dropped", "value dropped" or "flagged" (kept as it is)
}
