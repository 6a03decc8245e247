"""Which products of a catalogue have a class: said by a file of labels, or by a column of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from shelfspace.data.aliases import key
from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.named import read_named
from shelfspace.errors import CatalogError, OptionError
from shelfspace.tasks.classify.kernel import Int64
from shelfspace.tasks.classify.paths import canonical

COLUMNS = ("google_product_category", "product_type")
_NAMES = {
    "shop": "shop name,merchant,seller,vendor",
    "id": "product id,item id,sku,offer id",
    "category": "label,class,product_type,google_product_category,kategorie,catégorie,categoría",
}


@dataclass(frozen=True)
class KnownClasses:
    """`labels` int64 `[n]` of a catalogue's products in the numbers of `names`, −1 where unknown.

    `column` is the catalogue's column that said so, None where a file did.
    """

    labels: Int64
    names: tuple[str, ...]
    column: str | None = None


def labels_of(catalog: Catalog, source: Any) -> KnownClasses:
    """The classes that a file or a table says: id and category (or label, class), and shop where ids repeat.

    Rows without a category are passed over, the last of several for one product counts. Raises `FeedError`
    where a column is missing, `CatalogError` for a product that the catalogue does not hold or an id of two
    shops, `OptionError` where all say one class or none.
    """
    read = read_named(source, _NAMES, "id category")
    table = read.table.drop_nulls(["id", "category"])
    if "shop" in table.columns:
        rows = catalog.rows_of(table.select("shop", "id"))
    else:
        ids = catalog.table.select("id", pl.int_range(pl.len()).alias("row"))
        one = ids.filter(pl.col("id").is_unique())
        found = table.select("id").join(one, on="id", how="left", maintain_order="left")
        rows = found["row"].fill_null(-1).to_numpy().astype(np.int64)
    if (rows < 0).any():
        missing = table.filter(pl.Series(rows < 0))
        first = missing["id"][0]
        shops = catalog.table.filter(pl.col("id") == first)["shop"].to_list()
        raise CatalogError(
            f"{missing.height} labels of {read.source} name no product, such as {first!r}."
            if not shops
            else f"The id {first!r} of {read.source} is one of the shops {', '.join(shops)}.",
            "A label is of one product of the space.",
            "Name ids as the feeds do, with a column shop where two shops use the same.",
        )
    said: list[str | None] = [None] * len(catalog)
    for row, name in zip(rows.tolist(), table["category"].to_list(), strict=True):
        said[row] = name
    return _numbered(said, read.source, None)


def own_classes(catalog: Catalog, column: str | None = None) -> KnownClasses:
    """The classes that the catalogue's own column says, by default the fuller of the two category columns.

    Raises `OptionError` where there is no such column, or where it holds one class or none.
    """
    table = catalog.table
    if column is None:
        named = min(COLUMNS, key=lambda name: table[name].null_count())
    else:
        named = next((name for name in table.columns if key(name) == key(column)), "")
        if not named:
            raise OptionError(
                f"The column {column!r} was asked for.",
                f"The catalogue has {', '.join(table.columns)}.",
                "Name one of them.",
            )
    return _numbered(table[named].cast(pl.String).to_list(), f"The column {named}", named)


def _numbered(said: list[str | None], source: str, column: str | None) -> KnownClasses:
    clean = [canonical(name) if name else "" for name in said]
    names = sorted(set(clean) - {""})
    if len(names) < 2:
        raise OptionError(
            f"{source} says {len(names)} classes.",
            "To tell things apart needs two at least.",
            "Give --labels FILE with an id and a category for some products of each class.",
        )
    number = {name: place for place, name in enumerate(names)}
    return KnownClasses(np.array([number.get(name, -1) for name in clean], np.int64), tuple(names), column)
