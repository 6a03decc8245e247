"""Prices that stand far from all others of their feed."""

from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.data.cleaning.products import ROW

#: Robust z-scores in log space beyond this are flagged: usually about a thousand times too high or low.
THRESHOLD = 6.0
#: A feed of hardly any spread is not held against its narrowness: a deviation is a factor of 1.5 at least.
SMALLEST_DEVIATION = 0.4
FEWEST = 20
_SAMPLE = 200_000


class PriceOutliers:
    """The prices of a feed seen so far, currency by currency, and what stands out against them."""

    def __init__(self) -> None:
        self._seen: dict[str | None, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}

    def notes(self, table: pl.DataFrame) -> pl.DataFrame:
        """Notes on the prices in `table` that lie far outside what the feed has shown up to here."""
        priced = table.select(ROW, "price", "currency").filter(pl.col("price") > 0)
        found = [self._far(part, part["currency"][0]) for part in priced.partition_by("currency")]
        far = pl.concat(found) if found else priced.with_columns(reason=pl.lit(""))
        return far.select(
            pl.col(ROW).alias("row"),
            pl.lit("price").alias("attribute"),
            pl.col("price").cast(pl.String).alias("value"),
            pl.col("reason"),
            pl.lit("flagged").alias("action"),
        )

    def _far(self, part: pl.DataFrame, unit: str | None) -> pl.DataFrame:
        logs = part["price"].log().to_numpy()
        seen = np.concatenate([self._seen.get(unit, np.empty(0)), logs])[:_SAMPLE]
        self._seen[unit] = seen
        median = float(np.median(seen))
        deviation = max(1.4826 * float(np.median(np.abs(seen - median))), SMALLEST_DEVIATION)
        far = (np.abs(logs - median) > THRESHOLD * deviation) & (len(seen) >= FEWEST)
        typical = f"far from the feed's usual prices, whose median is {np.exp(median):.4g}"
        return part.filter(pl.Series(far, dtype=pl.Boolean)).with_columns(reason=pl.lit(typical))
