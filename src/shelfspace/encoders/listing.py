"""What an encoder reads of a product: a short name, the longer details, and a photo where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.schema import ALIAS
from shelfspace.encoders.tokens import normalise
from shelfspace.errors import OptionError

if TYPE_CHECKING:
    from shelfspace.data.images import Photos

_CATEGORIES = ("product_type", "google_product_category")
_DETAILS = ("description", "product_type", "google_product_category", "color", "size", "product_detail")
Price = tuple[float, str]

_DETAILS_LIMIT = 2000  # characters; beyond them descriptions repeat themselves or the shop's conditions


@dataclass(frozen=True)
class Listings:
    """Normalised texts of n products: `names` (brand, title, mpn, aliases) and `details` (the rest).

    `photos`, where there are any, has one row a product; one without a photo is marked as not found there.
    `prices` are amount and currency, `categories` normalised paths such as "shoes > sandals"; the words of
    these stand among the details too. Raises `OptionError` where there are more or fewer photos than
    products.
    """

    names: Sequence[str]
    details: Sequence[str]
    photos: Photos | None = None
    prices: Sequence[Price | None] | None = None
    categories: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.photos is not None and len(self.photos) != len(self.names):
            raise OptionError(
                f"There are {len(self.photos)} photos of {len(self.names)} products.",
                "Each product has one row of them, found or not.",
                "Read them in the products' order, with None for a product without a photo.",
            )

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> Listings:
        """Listings of bare texts, a search query for one: names without details."""
        return cls([normalise(text) for text in texts], [""] * len(texts))

    @classmethod
    def of_photos(cls, photos: Photos) -> Listings:
        """Listings of bare photos, what a search begins with for one: no words."""
        return cls([""] * len(photos), [""] * len(photos), photos)

    @classmethod
    def of_catalog(cls, catalog: Catalog, photos: Photos | None = None) -> Listings:
        """Listings of a catalogue. Brand and mpn join the name unless the title already holds them."""
        table = catalog.table
        title = pl.col("title").fill_null("")
        parts = [pl.when(~_holds(title, name)).then(pl.col(name)) for name in ("brand", "mpn")]
        others = [pl.col(ALIAS)] if ALIAS in table.columns else []
        names = pl.concat_str([parts[0], title, parts[1], *others], separator=" ", ignore_nulls=True)
        details = pl.concat_str(list(_DETAILS), separator=" ", ignore_nulls=True)
        path = pl.concat_str(list(_CATEGORIES), separator="|", ignore_nulls=True)
        texts = table.select(
            names.alias("name"),
            details.str.slice(0, _DETAILS_LIMIT).alias("details"),
            path.str.slice(0, _DETAILS_LIMIT).alias("categories"),
        )
        money = zip(table["price"], table["currency"], strict=True)
        return cls(
            [normalise(text) for text in texts["name"]],
            [normalise(text) for text in texts["details"]],
            photos,
            [None if amount is None else (amount, currency or "") for amount, currency in money],
            [text.lower() for text in texts["categories"]],
        )

    def take(self, rows: npt.NDArray[np.int64]) -> Listings:
        """The listings at `rows`, in that order."""
        return Listings(
            [self.names[row] for row in rows],
            [self.details[row] for row in rows],
            None if self.photos is None else self.photos.take(rows),
            None if self.prices is None else [self.prices[row] for row in rows],
            None if self.categories is None else [self.categories[row] for row in rows],
        )

    def without_photos(self) -> Listings:
        """The same words alone."""
        return Listings(self.names, self.details)


def _holds(title: pl.Expr, attribute: str) -> pl.Expr:
    """Whether the title already contains the attribute's text, whatever the case."""
    lowered = title.str.to_lowercase()
    return lowered.str.contains(pl.col(attribute).str.to_lowercase(), literal=True).fill_null(True)
