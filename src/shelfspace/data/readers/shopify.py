"""Shopify's product export (CSV) and products.json: every variant a product, grouped by its handle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from shelfspace.data.readers.chunk import Chunk

#: Columns of the export under Merchant attribute names. Vendor is the brand here, never the shop.
EXPORT_MAPPING = {
    "Variant SKU": "id",
    "Handle": "item_group_id",
    "Title": "title",
    "Body (HTML)": "description",
    "Vendor": "brand",
    "Type": "product_type",
    "Product Category": "google_product_category",
    "Variant Barcode": "gtin",
    "Variant Price": "price",
    "Variant Image": "image_link",
    "Image Src": "image_link",
}
_PRODUCT_COLUMNS = (
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Product Category",
    "Image Src",
    "Tags",
    "Status",
    "Option1 Name",
    "Option2 Name",
    "Option3 Name",
)
_OPTIONS = {
    "color": ("color", "colour", "farbe", "couleur", "kleur", "colore", "颜色", "カラー"),
    "size": ("size", "größe", "groesse", "taille", "talla", "taglia", "maat", "尺寸", "尺码", "サイズ"),
}


def is_export(names: list[str]) -> bool:
    """Whether a CSV header is that of a Shopify export."""
    return "Handle" in names and ("Variant SKU" in names or "Variant Price" in names)


def export_variants(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The variants in the rows of an export.

    A product's first row carries what all its variants share; rows that add only a picture are no products.
    """
    shared: pl.DataFrame | None = None
    for chunk in chunks:
        table = chunk.table
        columns = [name for name in _PRODUCT_COLUMNS if name in table.columns]
        blank = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in table.columns]
        table = table.with_columns(blank)
        if shared is not None:  # a product may go on in the next chunk
            table = pl.concat([shared, table])
        filled = table.with_columns(_shared(name) for name in columns)
        if shared is not None:
            filled = filled.slice(1)
        shared = filled.tail(1)
        keep = chunk.table.select(_is_variant(chunk.table.columns)).to_series()
        rows = chunk.rows.filter(keep)
        products = filled.filter(keep).with_columns(_option(filled.columns, name) for name in _OPTIONS)
        yield Chunk(_titled(products), rows, chunk.rejects, marked=chunk.marked)


def _shared(name: str) -> pl.Expr:
    """What a product's first row says, for all its rows; of its pictures the first."""
    if name == "Image Src":
        return pl.col(name).drop_nulls().first().over("Handle").alias(name)
    return pl.col(name).forward_fill().over("Handle")


def _is_variant(columns: list[str]) -> pl.Expr:
    """Whether a row has a variant's own values: a picture's row has none of them."""
    own = ("Variant SKU", "Variant Price", "Option1 Value", "Variant Barcode", "Title")
    present = [name for name in own if name in columns] or columns[:1]
    return pl.any_horizontal(pl.col(name).fill_null("") != "" for name in present)


def _option(columns: list[str], attribute: str) -> pl.Expr:
    """The value of the option that is a colour or a size, in whichever of the three places it stands."""
    value = pl.lit(None, dtype=pl.String)
    for place in ("1", "2", "3"):
        name, cell = f"Option{place} Name", f"Option{place} Value"
        if name in columns and cell in columns:
            named = pl.col(name).str.strip_chars().str.to_lowercase().is_in(list(_OPTIONS[attribute]))
            value = pl.when(named & value.is_null()).then(pl.col(cell)).otherwise(value)
    return value.alias(attribute)


def _titled(table: pl.DataFrame) -> pl.DataFrame:
    """Ids for variants without a SKU: the handle and the option values, which Shopify keeps distinct."""
    options = [pl.col(f"Option{place} Value") for place in "123" if f"Option{place} Value" in table.columns]
    made = pl.concat_str([pl.col("Handle"), *options], separator="/", ignore_nulls=True)
    sku = pl.col("Variant SKU") if "Variant SKU" in table.columns else pl.lit(None, dtype=pl.String)
    return table.with_columns(pl.coalesce(sku.str.strip_prefix("'"), made).alias("Variant SKU"))


def is_shopify(value: dict[str, Any]) -> bool:
    """Whether a JSON object is a product of a Shopify products.json."""
    variants = value.get("variants")
    return (
        isinstance(variants, list) and "title" in value and all(isinstance(item, dict) for item in variants)
    )


def shopify_products(product: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The variants of a product of products.json; the product itself where it has none."""
    options = [
        item.get("name", "") if isinstance(item, dict) else item for item in product.get("options") or []
    ]
    images = [item.get("src") for item in product.get("images") or [] if isinstance(item, dict)]
    by_id = {
        item.get("id"): item.get("src") for item in product.get("images") or [] if isinstance(item, dict)
    }
    tags = product.get("tags")
    shared = {
        "item_group_id": product.get("handle") or product.get("id"),
        "title": product.get("title"),
        "description": product.get("body_html"),
        "brand": product.get("vendor"),
        "product_type": product.get("product_type"),
        "tags": ", ".join(map(str, tags)) if isinstance(tags, list) else tags,
    }
    for variant in product["variants"] or [{}]:
        featured = variant.get("featured_image") or {}
        own = {
            "id": variant.get("id") or variant.get("sku") or product.get("id"),
            "sku": variant.get("sku"),
            "gtin": variant.get("barcode"),
            "price": variant.get("price"),
            "image_link": featured.get("src") or by_id.get(variant.get("image_id")) or (images or [None])[0],
            "availability": {True: "in_stock", False: "out_of_stock"}.get(variant.get("available")),
        }
        for place, name in enumerate(options, 1):
            for attribute, words in _OPTIONS.items():
                if str(name).strip().lower() in words:
                    own[attribute] = variant.get(f"option{place}")
        yield shared | own
