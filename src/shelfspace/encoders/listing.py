"""What an encoder reads of a product: a short name and the longer details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.schema import ALIAS
from shelfspace.encoders.tokens import normalise

_DETAILS = ("description", "product_type", "google_product_category", "color", "size", "product_detail")
_DETAILS_LIMIT = 2000  # characters; beyond them descriptions repeat themselves or the shop's conditions


@dataclass(frozen=True)
class Listings:
    """Normalised texts of n products: `names` (brand, title, mpn, aliases) and `details` (the rest)."""

    names: Sequence[str]
    details: Sequence[str]

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> Listings:
        """Listings of bare texts, a search query for one: names without details."""
        return cls([normalise(text) for text in texts], [""] * len(texts))

    @classmethod
    def of_catalog(cls, catalog: Catalog) -> Listings:
        """Listings of a catalogue. Brand and mpn join the name unless the title already holds them."""
        table = catalog.table
        title = pl.col("title").fill_null("")
        parts = [pl.when(~_holds(title, name)).then(pl.col(name)) for name in ("brand", "mpn")]
        others = [pl.col(ALIAS)] if ALIAS in table.columns else []
        names = pl.concat_str([parts[0], title, parts[1], *others], separator=" ", ignore_nulls=True)
        details = pl.concat_str(list(_DETAILS), separator=" ", ignore_nulls=True)
        texts = table.select(names.alias("name"), details.str.slice(0, _DETAILS_LIMIT).alias("details"))
        return cls(
            [normalise(text) for text in texts["name"]], [normalise(text) for text in texts["details"]]
        )

    def take(self, rows: npt.NDArray[np.int64]) -> Listings:
        """The listings at `rows`, in that order."""
        return Listings([self.names[row] for row in rows], [self.details[row] for row in rows])


def _holds(title: pl.Expr, attribute: str) -> pl.Expr:
    """Whether the title already contains the attribute's text, whatever the case."""
    lowered = title.str.to_lowercase()
    return lowered.str.contains(pl.col(attribute).str.to_lowercase(), literal=True).fill_null(True)
