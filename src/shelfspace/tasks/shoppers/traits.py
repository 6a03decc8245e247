"""Traits of products that people name: category, brand, color, words of the title and level of price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog

Bools = npt.NDArray[np.bool_]

_LEAST_PRODUCTS = 2  # a word of one product says no more than that product
_COMMON = 0.5  # of the products: a word of more says nothing
_BANDS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
_NAMED = {"brand": "brand", "color": "color"}
_LONGEST = 80  # characters of a value: what is longer is no name


@dataclass(frozen=True)
class Traits:
    """The traits of a catalogue: `table` with their `kind` and `value`, `matrix` [n_items, n_traits] 0 or 1.

    Kinds are category, brand, color, word and price. A category path counts for each of its levels; a word is
    one of the title that is in neither category nor brand; a price level is a quarter of the catalogue's
    prices, in the currency that most of them have.
    """

    table: pl.DataFrame
    matrix: Any

    def __len__(self) -> int:
        return self.table.height

    @classmethod
    def of_catalog(cls, catalog: Catalog) -> Traits:
        """The traits of the products; those without attributes have none."""
        import scipy.sparse

        rows = catalog.table.with_row_index("row")
        parts = [
            _categories(rows),
            *(_named(rows, *pair) for pair in _NAMED.items()),
            _words(rows),
            _prices(rows),
        ]
        told = pl.concat(parts).filter(pl.col("value").str.len_chars().is_between(1, _LONGEST)).unique()
        names = told.select("kind", "value").unique().sort("kind", "value").with_row_index("trait")
        cells = told.join(names, on=["kind", "value"]).select("row", "trait").to_numpy().astype(np.int64)
        ones = np.ones(len(cells), np.float32)
        shape = (len(catalog), names.height)
        return cls(names.drop("trait"), scipy.sparse.csr_array((ones, (cells[:, 0], cells[:, 1])), shape))

    def of_users(self, taken: Any) -> Any:
        """Which traits what a user took has, sparse bool `[n_users, n_traits]`, `taken` sparse by item."""
        return (taken @ self.matrix) > 0


def _told(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Rows and values as traits of a kind."""
    return rows.filter(pl.col("value").is_not_null()).select(
        pl.col("row").cast(pl.Int64), pl.lit(kind).alias("kind"), pl.col("value").cast(pl.String)
    )


def _named(rows: pl.DataFrame, column: str, kind: str) -> pl.DataFrame:
    return _told(rows.select("row", pl.col(column).str.strip_chars().alias("value")), kind)


def _categories(rows: pl.DataFrame) -> pl.DataFrame:
    paths = rows.select(
        "row",
        pl.coalesce("product_type", "google_product_category")
        .str.replace_all(r"\s*[>/|›»]\s*", " > ")
        .str.strip_chars(" >")
        .str.split(" > ")
        .alias("levels"),
    ).filter(pl.col("levels").is_not_null())
    deepest = int(paths["levels"].list.len().max() or 0)  # type: ignore[arg-type]
    parts = [
        paths.filter(pl.col("levels").list.len() > depth).select(
            "row", pl.col("levels").list.head(depth + 1).list.join(" > ").alias("value")
        )
        for depth in range(deepest)
    ]
    return _told(pl.concat(parts), "category") if parts else _told(_nothing(), "category")


def _words(rows: pl.DataFrame) -> pl.DataFrame:
    own = pl.concat_str(
        pl.col("brand", "product_type", "google_product_category"), separator=" ", ignore_nulls=True
    )
    words = (
        rows.select("row", _letters(pl.col("title")).list.set_difference(_letters(own)).alias("value"))
        .explode("value")
        .drop_nulls()
    )
    often = words.group_by("value").len().filter(pl.col("len") >= _LEAST_PRODUCTS)
    often = often.filter(pl.col("len") <= max(_COMMON * rows.height, _LEAST_PRODUCTS))
    return _told(words.join(often.select("value"), on="value", how="semi"), "word")


def _letters(text: pl.Expr) -> pl.Expr:
    """The different words of three letters and more, in small letters."""
    return (
        text.fill_null("").str.to_lowercase().str.extract_all(r"\p{L}{3,}").list.unique(maintain_order=True)
    )


def _prices(rows: pl.DataFrame) -> pl.DataFrame:
    priced = rows.filter(pl.col("price") > 0).select("row", "price", pl.col("currency").fill_null(""))
    if not priced.height:
        return _told(_nothing(), "price")
    usual = priced["currency"].mode().sort()[0]
    priced = priced.filter(pl.col("currency") == usual)
    edges = np.quantile(priced["price"].to_numpy(), [0.25, 0.5, 0.75])
    quarter = np.searchsorted(edges, priced["price"].to_numpy(), side="right")
    bounds = [0.0, *edges.tolist()]
    names = [f"{name} (from {bounds[i]:,.2f} {usual})".replace(" )", ")") for i, name in enumerate(_BANDS)]
    return _told(priced.select("row").with_columns(pl.Series("value", [names[i] for i in quarter])), "price")


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.Int64, "value": pl.String})
