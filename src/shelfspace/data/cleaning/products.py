"""The attributes of products cleaned column by column, with a word on every value dropped or doubted."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from shelfspace.data.cleaning.currencies import currency, yen_or_yuan
from shelfspace.data.cleaning.gtin import gtin, plain_gtin
from shelfspace.data.cleaning.price import decimal_sign, plain_price, price
from shelfspace.data.cleaning.text import clean_texts

#: The name under which row numbers travel beside the attributes.
ROW = "\0row"
NOTES_SCHEMA = {
    "row": pl.Int64,
    "attribute": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "action": pl.String,
}
LIMITS = {"description": 20_000, "link": 4_000, "image_link": 4_000}
LIMIT = 2_000
_LINKS = ("link", "image_link")
_KEPT_ON_ODD = ("zero", "starting price", "range, its low end taken", "leading zeros restored")


class Cleaned(NamedTuple):
    """A table of clean attributes and the notes on it, in columns of `NOTES_SCHEMA`."""

    table: pl.DataFrame
    notes: list[pl.DataFrame]


def clean_products(table: pl.DataFrame, exact_price: bool = False) -> Cleaned:
    """The table with its text clean, its prices numbers and its GTINs 14 digits; `ROW` numbers its rows.

    Columns other than the price are text and may be missing. `exact_price` says that the prices came as
    numbers, so that a point in them is a decimal one.
    """
    notes: list[pl.DataFrame] = []
    columns: list[pl.Series] = []
    for name in table.columns:
        column = table[name]
        if name not in (ROW, "price", "gtin"):
            column = _clean(column, name)
            column, note = _cut(table[ROW], column, LIMITS.get(name, LIMIT))
            notes.append(note)
        columns.append(column)
    table = pl.DataFrame(columns)
    if "price" in table.columns:
        texts = table["price"]
        table, note = clean_prices(table, exact_price)
        table = _with_yen_or_yuan(table, texts)
        notes.append(note)
    if "gtin" in table.columns:
        table, note = clean_gtins(table)
        notes.append(note)
    return Cleaned(table, [note for note in notes if note.height])


def clean_prices(table: pl.DataFrame, exact: bool = False) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table with `price` as a number and `currency` as an ISO code, and the notes on its prices."""
    texts = table["price"]
    sign = "." if exact else decimal_sign(texts)
    plain = table.select(plain_price("price").alias("plain")).unnest("plain")
    fast = plain["amount"]
    read = {text: price(text, sign) for text in texts.filter(fast.is_null()).drop_nulls().unique().to_list()}
    known = pl.DataFrame(
        {
            "price": list(read),
            "amount": [item.amount for item in read.values()],
            "unit": [item.currency for item in read.values()],
            "reason": [item.note for item in read.values()],
        },
        schema={"price": pl.String, "amount": pl.Float64, "unit": pl.String, "reason": pl.String},
    )
    joined = table.select(ROW, "price").join(known, on="price", how="left", maintain_order="left")
    amounts = pl.select(pl.coalesce(fast, joined["amount"]).alias("price")).to_series()
    zero = (amounts == 0) & joined["reason"].is_null()
    joined = joined.with_columns(
        pl.when(zero).then(pl.lit("zero")).otherwise(pl.col("reason")).alias("reason")
    )
    named = _currencies(table["currency"]) if "currency" in table.columns else joined["unit"]
    units = pl.select(pl.coalesce(named, plain["unit"], joined["unit"]).alias("currency")).to_series()
    return table.with_columns(amounts, units), _notes(joined, "price")


def _with_yen_or_yuan(table: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """The table with prices in ¥ as CNY or JPY where their shop's prices, written `texts`, show which."""
    signed = texts.str.contains("[¥￥]").fill_null(False) & table["currency"].is_null()
    if not signed.any():
        return table
    shops = table["shop"].fill_null("") if "shop" in table.columns else pl.Series([""] * table.height)
    codes = {}
    for shop in shops.filter(signed).unique().to_list():
        own = shops == shop
        part = table.filter(own)
        codes[shop] = yen_or_yuan(texts.filter(own), part["price"], part["currency"])
    found = shops.replace_strict(codes, default=None, return_dtype=pl.String)
    return table.with_columns(
        pl.select(pl.when(signed).then(found).otherwise(table["currency"])).to_series().alias("currency")
    )


def clean_gtins(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table with `gtin` in 14 digits where its check digit is right, else null, and the notes on it."""
    fast = table.select(plain_gtin("gtin")).to_series()
    read = {text: gtin(text) for text in table["gtin"].filter(fast.is_null()).drop_nulls().unique().to_list()}
    known = pl.DataFrame(
        {
            "gtin": list(read),
            "digits": [item.digits for item in read.values()],
            "reason": [item.note for item in read.values()],
        },
        schema={"gtin": pl.String, "digits": pl.String, "reason": pl.String},
    )
    joined = table.select(ROW, "gtin").join(known, on="gtin", how="left", maintain_order="left")
    digits = pl.select(pl.coalesce(fast, joined["digits"]).alias("gtin")).to_series()
    return table.with_columns(digits), _notes(joined, "gtin")


def _clean(column: pl.Series, name: str) -> pl.Series:
    if name in _LINKS:
        return column.str.strip_chars().str.replace_all("&amp;", "&", literal=True)
    cleaned = clean_texts(column)
    blank = cleaned == ""
    return cleaned.set(blank, None) if blank.any() else cleaned


def _cut(rows: pl.Series, column: pl.Series, limit: int) -> tuple[pl.Series, pl.DataFrame]:
    """The column with longer cells cut to `limit` characters, and notes on those."""
    nothing = pl.DataFrame(schema=NOTES_SCHEMA)
    if column.dtype != pl.String or not (column.str.len_bytes() > limit).any():
        return column, nothing
    long = column.str.len_chars() > limit
    found = pl.DataFrame({ROW: rows, column.name: column}).filter(long)
    length = pl.col(column.name).str.len_chars()
    reason = pl.format("{} characters, cut to {}", length, pl.lit(limit)).alias("reason")
    notes = _notes(found.with_columns(reason), column.name, kept=True)
    return column.str.slice(0, limit), notes


def _currencies(texts: pl.Series) -> pl.Series:
    codes = {text: currency(text) for text in texts.drop_nulls().unique().to_list()}
    return texts.replace_strict(codes, default=None, return_dtype=pl.String)


def _notes(joined: pl.DataFrame, attribute: str, kept: bool = False) -> pl.DataFrame:
    """The rows of `joined` that have a reason, as notes on their values."""
    reason = pl.col("reason")
    flagged = pl.lit(True) if kept else reason.is_in(list(_KEPT_ON_ODD))
    return joined.filter(reason.is_not_null() & (reason != "")).select(
        pl.col(ROW).alias("row"),
        pl.lit(attribute).alias("attribute"),
        pl.col(attribute).str.slice(0, 200).alias("value"),
        reason,
        pl.when(flagged).then(pl.lit("flagged")).otherwise(pl.lit("value dropped")).alias("action"),
    )
