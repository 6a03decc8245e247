"""Pairs: evidence that two products are the same or not, as ids only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from shelfspace.data.catalog import no_rejects
from shelfspace.errors import PairsError

PAIRS_SCHEMA: dict[str, pl.DataType] = {
    "left_shop": pl.String(),
    "left_id": pl.String(),
    "right_shop": pl.String(),
    "right_id": pl.String(),
    "label": pl.Int8(),
    "origin": pl.String(),
    "weight": pl.Float32(),
}

_SIDES = ("left", "right")


@dataclass(frozen=True)
class Pairs:
    """Pairs of products with a `label` (1 the same, 0 not), their `origin` and a `weight`.

    `origin` says where the evidence comes from: "human", "gtin", "mpn", "group", "view"… `rejects` tells what
    the reader dropped (see `REJECTS_SCHEMA`).
    Raises `PairsError` where a column is missing or a label is neither 0 nor 1.
    """

    table: pl.DataFrame
    rejects: pl.DataFrame = field(default_factory=no_rejects)

    @classmethod
    def from_table(cls, table: pl.DataFrame, origin: str = "human") -> Pairs:
        """The pairs of a table; `label` is 1, `origin` as given and `weight` 1.0 where the table has none."""
        missing = [name for name in list(PAIRS_SCHEMA)[:4] if name not in table.columns]
        if missing:
            raise PairsError(
                f"The table has the columns {', '.join(table.columns)}.",
                f"Pairs need {', '.join(missing)}.",
                "Rename the columns, or read the file with read_pairs.",
            )
        defaults = {"label": 1, "origin": origin, "weight": 1.0}
        return cls(
            table.select(
                (pl.col(name) if name in table.columns else pl.lit(defaults[name])).cast(dtype).alias(name)
                for name, dtype in PAIRS_SCHEMA.items()
            )
        )

    def __post_init__(self) -> None:
        if not self.table["label"].is_in([0, 1]).all() or self.table["label"].null_count():
            raise PairsError(
                "Some labels are neither 0 nor 1.", "1 says the same product, 0 says not.", "Mend the labels."
            )

    def __len__(self) -> int:
        return self.table.height

    def amended(self, later: Pairs) -> Pairs:
        """These pairs and the `later` ones, each two products once: of several labels the last one holds.

        Which of two products is named first does not matter. Rejects are those of `later`.

        >>> said = {"left_shop": ["a"], "left_id": ["1"], "right_shop": ["b"], "right_id": ["2"]}
        >>> turned = {"left_shop": ["b"], "left_id": ["2"], "right_shop": ["a"], "right_id": ["1"]}
        >>> one = Pairs.from_table(pl.DataFrame(said))
        >>> other = Pairs.from_table(pl.DataFrame({**turned, "label": [0]}))
        >>> one.amended(other).table["label"].to_list()
        [0]
        """
        ends = [
            pl.struct(f"{side}_shop", f"{side}_id").struct.rename_fields(["shop", "id"]) for side in _SIDES
        ]
        both = pl.concat([self.table, later.table])
        keyed = both.with_columns(
            pl.concat_list(*(end.struct.json_encode() for end in ends)).list.sort().alias("_key")
        )
        last = keyed.unique("_key", keep="last", maintain_order=True).drop("_key")
        return Pairs(last, later.rejects)

    @staticmethod
    def concat(parts: Iterable[Pairs]) -> Pairs:
        """The pairs one below the other."""
        parts = list(parts)
        if not parts:
            return Pairs(pl.DataFrame(schema=PAIRS_SCHEMA))
        return Pairs(pl.concat([part.table for part in parts]), pl.concat([part.rejects for part in parts]))
