"""The keys (shop, id) that a reader has met, so that each product is kept once."""

from __future__ import annotations

import polars as pl

from shelfspace.data.cleaning.products import ROW
from shelfspace.data.schema import SCHEMA


class Keys:
    """Hashes of the keys and contents seen so far: 16 bytes a product."""

    def __init__(self) -> None:
        self._seen = pl.DataFrame(schema={"key": pl.UInt64, "content": pl.UInt64})

    def without_repeats(self, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows whose key is new, and notes on the others: whether they repeat the first or differ."""
        content = [name for name in SCHEMA if name in table.columns and name not in ("shop", "id")]
        hashes = table.select(
            pl.struct("shop", "id").hash().alias("key"),
            (pl.struct(content).hash() if content else pl.lit(0, dtype=pl.UInt64)).alias("content"),
        )
        new = hashes["key"].is_first_distinct() & ~hashes["key"].is_in(self._seen["key"].implode())
        if new.all():
            self._seen = pl.concat([self._seen, hashes])
            return table, table.clear().select()
        self._seen = pl.concat([self._seen, hashes.filter(new)])
        first = hashes.join(self._seen, on="key", how="left", maintain_order="left", suffix="_first")
        same = first["content"] == first["content_first"]
        reason = (
            pl.when(same)
            .then(pl.lit("repeats an earlier row"))
            .otherwise(pl.lit("the id of an earlier row with other content"))
        )
        notes = table.select(
            pl.col(ROW).alias("row"),
            pl.lit("id").alias("attribute"),
            pl.col("id").alias("value"),
            reason.alias("reason"),
            pl.lit("row dropped").alias("action"),
        ).filter(~new)
        return table.filter(new), notes
