"""What the map can be coloured by, each value with the group whose colour it has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.report.map import MapField

Codes = npt.NDArray[np.int64]

_COLOURS = 20  # that are told apart; the rest are grey
_COVERED = 0.75  # the share of the products that these colours are to be for
_CATEGORIES = ("google_product_category", "product_type")
_LEVEL = " > "


def shop_field(catalog: Catalog) -> MapField:
    """The products by shop: the largest shops in colour, all others grey."""
    values, codes = numbered(catalog.table["shop"])
    return grouped("shop", values, codes, values, "other shops")


def category_field(catalog: Catalog) -> MapField | None:
    """The products by category, None where no product has one.

    A path such as "Apparel > Shoes > Sandals" counts as deep as the largest categories of a level still hold
    three quarters of the products that have one. Of the two columns of categories, the fuller is taken.
    """
    table = catalog.table
    name = max(_CATEGORIES, key=lambda column: table[column].count())
    paths = table[name].fill_null("").map_elements(_path, return_dtype=pl.String)
    values, codes = numbered(paths)
    if values == [""]:
        return None
    groups = next(
        level
        for level in _levels(values)
        if _covered(level, codes) >= _COVERED or level is _levels(values)[-1]
    )
    return grouped("category", values, codes, groups, "other categories", named=True)


def anomaly_field(catalog: Catalog, found: pl.DataFrame) -> MapField | None:
    """The products by what looks wrong with them, as `listing_anomalies` found; None where nothing does.

    Of several anomalies of a product the first counts.
    """
    first = found.unique(["shop", "id"], keep="first").select("shop", "id", "anomaly")
    if first.is_empty():
        return None
    kinds = catalog.table.select("shop", "id").join(first, ["shop", "id"], "left", maintain_order="left")
    values, codes = numbered(kinds["anomaly"].fill_null(""))
    return grouped("anomaly", values, codes, values, "other anomalies")


def grouped(
    name: str, values: Sequence[str], codes: Codes, groups: Sequence[str], others: str, *, named: bool = False
) -> MapField:
    """The field of `values`, each in the group named beside it; but the largest, groups are called `others`.

    A value without a group, "", has none and is grey too.
    """
    names, group_of = numbered(pl.Series(groups, dtype=pl.String))
    sizes = np.bincount(group_of[codes], minlength=len(names))
    given = [place for place in np.argsort(-sizes, kind="stable") if names[place]]
    kept = given[:_COLOURS]
    new = np.full(len(names), len(kept))
    new[kept] = np.arange(len(kept))
    shown, quiet = [leaf_names([names[place] for place in kept])][0], [False] * len(kept)
    if len(given) > len(kept):
        shown, quiet = [*shown, others], [*quiet, True]
    if "" in names:
        new[names.index("")] = len(shown)
        shown, quiet = [*shown, f"no {name}"], [*quiet, True]
    return MapField(name, values, codes, shown, new[group_of], quiet, named)


def leaf_names(paths: Sequence[str]) -> list[str]:
    """The last level of each path, the whole path where two end alike.

    >>> leaf_names(["Men > Shoes", "Women > Shoes", "Bags"])
    ['Men > Shoes', 'Women > Shoes', 'Bags']
    """
    leaves = [path.split(_LEVEL)[-1] for path in paths]
    return [leaf if leaves.count(leaf) == 1 else path for leaf, path in zip(leaves, paths, strict=True)]


def numbered(column: pl.Series) -> tuple[list[str], Codes]:
    """The distinct values of a column of texts, sorted, and the place of each row's among them."""
    values = column.unique().sort().to_list()
    codes = column.rank("dense").cast(pl.Int64).to_numpy() - 1 if len(column) else np.zeros(0)
    return values, codes.astype(np.int64)


def _path(text: str) -> str:
    """A category with its levels parted in one way, "" for a blank one."""
    return _LEVEL.join(part for part in (" ".join(level.split()) for level in text.split(">")) if part)


def _levels(paths: Sequence[str]) -> list[list[str]]:
    """The paths cut at each depth, the deepest first."""
    depth = max(path.count(_LEVEL) for path in paths) + 1
    return [[_LEVEL.join(path.split(_LEVEL)[:d]) for path in paths] for d in range(depth, 0, -1)]


def _covered(groups: Sequence[str], codes: Codes) -> float:
    """The share of the products with a category that the largest groups hold."""
    names, group_of = numbered(pl.Series(groups, dtype=pl.String))
    sizes = np.bincount(group_of[codes], minlength=len(names))
    kept = np.sort([size for name, size in zip(names, sizes, strict=True) if name])[::-1]
    return float(kept[:_COLOURS].sum() / max(1, kept.sum()))
