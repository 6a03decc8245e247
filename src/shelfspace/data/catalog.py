"""The catalogue: an immutable, ordered table of products keyed by (shop, id)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.schema import REJECTS_SCHEMA, SCHEMA
from shelfspace.errors import CatalogError


def no_rejects() -> pl.DataFrame:
    """An empty table of rejects."""
    return pl.DataFrame(schema=REJECTS_SCHEMA)


@dataclass(frozen=True)
class Catalog:
    """Products in feed order. Row numbers (0-based) are how every other room refers to a product.

    `table` holds the columns of `SCHEMA` (missing ones are filled with nulls) and after them the feed's
    own columns as text. `rejects` tells what the reader dropped or flagged (see `REJECTS_SCHEMA`),
    `mapping` which feed column became which attribute.

    Raises `CatalogError` where `id` or `shop` is missing or a key occurs twice.

    >>> catalog = Catalog.from_table(pl.DataFrame({"shop": ["a", "b"], "id": ["1", "1"]}))
    >>> catalog.rows_of_shop("b").tolist()
    [1]
    """

    table: pl.DataFrame
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    mapping: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_table(cls, table: pl.DataFrame) -> Catalog:
        """The catalogue of a table whose columns already bear attribute names."""
        missing = [name for name in ("shop", "id") if name not in table.columns]
        if missing:
            raise CatalogError(
                f"The table has the columns {', '.join(table.columns)}.",
                f"A catalogue needs {' and '.join(missing)}.",
                "Rename the columns, or read the table with read_catalog, which knows the usual names.",
            )
        columns = [
            (pl.col(name) if name in table.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in SCHEMA.items()
        ]
        extras = [pl.col(name).cast(pl.String) for name in table.columns if name not in SCHEMA]
        return cls(table.select(columns + extras))

    def __post_init__(self) -> None:
        keys = self.table.select("shop", "id")
        if keys.null_count().sum_horizontal().item():
            raise CatalogError(
                "Some rows have no shop or no id.", "Every product has both.", "Fill or drop these rows."
            )
        if keys.is_duplicated().any():
            shop, identifier = keys.row(int(keys.is_duplicated().arg_max() or 0))
            raise CatalogError(
                f"The product {identifier!r} of shop {shop!r} occurs more than once.",
                "A key (shop, id) names one product.",
                "Drop the duplicates, or read the feed with read_catalog, which lists them as rejects.",
            )

    def __len__(self) -> int:
        return self.table.height

    @property
    def shops(self) -> list[str]:
        """The shops in order of first appearance."""
        return self.table["shop"].unique(maintain_order=True).to_list()

    def rows_of_shop(self, shop: str) -> npt.NDArray[np.int64]:
        """The row numbers of a shop, ascending; `CatalogError` for a shop that is not there."""
        rows = self.table.select(pl.arg_where(pl.col("shop") == shop)).to_series().to_numpy()
        if len(rows) == 0:
            raise CatalogError(
                f"There is no shop {shop!r}.",
                f"The catalogue holds {', '.join(map(repr, self.shops)) or 'no shop at all'}.",
                "Check the spelling; a feed's shop is its shop column, or else its file name.",
            )
        return rows.astype(np.int64)

    def rows_of(
        self, keys: pl.DataFrame, shop: str = "shop", identifier: str = "id"
    ) -> npt.NDArray[np.int64]:
        """The row number of each (shop, id) in `keys`, -1 where the catalogue has no such product."""
        numbered = self.table.select(
            pl.col("shop").alias(shop), pl.col("id").alias(identifier), pl.int_range(pl.len()).alias("_row")
        )
        found = keys.select(shop, identifier).join(
            numbered, on=[shop, identifier], how="left", maintain_order="left"
        )
        return found["_row"].fill_null(-1).to_numpy().astype(np.int64)

    def take(self, rows: npt.NDArray[np.int64]) -> Catalog:
        """The products at `rows`, in that order."""
        return Catalog(self.table[rows], mapping=self.mapping)

    def row(self, index: int) -> dict[str, Any]:
        """One product as a dictionary without its empty attributes."""
        return {name: value for name, value in self.table.row(index, named=True).items() if value is not None}

    @staticmethod
    def concat(catalogs: Iterable[Catalog]) -> Catalog:
        """The catalogues one below the other; a key that occurs in two of them is a `CatalogError`."""
        parts = list(catalogs)
        if not parts:
            return Catalog(pl.DataFrame(schema=SCHEMA))
        mapping: dict[str, str] = {}
        for part in parts:
            mapping.update(part.mapping)
        return Catalog(
            pl.concat([part.table for part in parts], how="diagonal"),
            pl.concat([part.rejects for part in parts]),
            mapping,
        )
