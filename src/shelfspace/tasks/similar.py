"""Similar products: what lies nearest to one product of the space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.space.space import Space

_SHOWN = ("shop", "id", "title", "brand", "price")


def similar(space: Space, reference: str, k: int = 10) -> pl.DataFrame:
    """The k products nearest to the one named, itself left out, best first.

    `reference` is "shop/id", or an id that one shop only uses. The table has the columns shop, id, title,
    brand, price and score (cosine, -1…1); it is empty for a product without any text.

    Raises `CatalogError` for a reference that names no product or several, `OptionError` for a k below 1.
    """
    row = space.row(reference)
    found = space.neighbours(space.vectors[[row]], k, exclude=np.array([row]))
    if not space.vectors[row].any():
        return listed(space, [], np.zeros(0, np.float32))
    _, rows, scores = found.pairs()
    return listed(space, rows, scores)


def listed(
    space: Space, rows: npt.NDArray[np.int64] | Sequence[int], scores: npt.NDArray[np.float32]
) -> pl.DataFrame:
    """The products at `rows` with their scores, as the answers of this room show them."""
    products = space.catalog.table.select(_SHOWN)[np.asarray(rows, np.int64)]
    return products.with_columns(pl.Series("score", scores, pl.Float32))
