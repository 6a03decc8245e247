"""Evidence in the catalogue itself that two listings are one product, and what people say beside it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.gtin import plain_gtin
from shelfspace.data.pairs import PAIRS_SCHEMA, Pairs
from shelfspace.errors import PairsError

Int64 = npt.NDArray[np.int64]

#: What a derived pair weighs. Variants of one group are near each other but not the same.
WEIGHTS = {"gtin": 1.0, "mpn": 1.0, "group": 0.25}
#: A number on more rows of one shop than this is a slip of the feed, not a product.
ROWS_PER_SHOP = 3
#: Up to this many rows of one key are all paired; a larger group is tied to its first row only.
ALL_PAIRS_ROWS = 8
_MPN_LENGTH, _LONE_MPN_LENGTH = 4, 6
# Numbers a shop gives out for itself (GS1 prefixes 02, 04, 20 to 29): in another shop they are other goods.
_IN_STORE = "^0(?:02|04|2)"


def evidence(catalog: Catalog, human: Pairs | None = None) -> Pairs:
    """The pairs that the catalogue and the `human` labels give, each two products once.

    Derived positives have the origin "gtin" (equal trade item number), "mpn" (equal brand and part number;
    the number alone where brands are missing and it is unmistakable) or "group" (equal `item_group_id` in one
    shop: variants, weight 0.25, which `same` leaves out). A number on more than `ROWS_PER_SHOP` rows of one
    shop gives nothing, nor does an equal part number beside two different GTINs. A key on more than
    `ALL_PAIRS_ROWS` rows ties them all to the first one, so the result stays linear in rows.

    Human labels come first and beat what is derived about the same two products, whichever way round; of two
    human labels the later one holds. Human pairs with a product that the catalogue lacks, or of a product
    with itself, are left out; where that leaves none of them, `PairsError`. A catalogue without keys gives no
    pairs.
    """
    numbered = _numbered(catalog)
    by_mpn = _linked(_trusted(_branded(numbered), "mpn"), ["mpn", "brand"])
    differ = contradictions(catalog, by_mpn["left"].to_numpy(), by_mpn["right"].to_numpy())
    parts = [
        _derived(_linked(_trusted(numbered, "gtin"), ["gtin"]), "gtin"),
        _derived(by_mpn.filter(pl.Series(~differ, dtype=pl.Boolean)), "mpn"),
        _derived(_linked(numbered.drop_nulls("group"), ["shop", "group"]), "group"),
    ]
    if human is not None and len(human):
        parts.insert(0, _labelled(catalog, human))
    return _named(catalog, _once(pl.concat(parts)))


def same(pairs: Pairs) -> Pairs:
    """The pairs that say "the same product": label 1, and no mere variants of one group."""
    return Pairs(pairs.table.filter((pl.col("label") == 1) & (pl.col("origin") != "group")))


def rows_of_pairs(catalog: Catalog, pairs: Pairs) -> tuple[Int64, Int64]:
    """The rows of the left and of the right products, int64 `[m]` each, -1 where the catalogue has none."""
    left = catalog.rows_of(pairs.table, "left_shop", "left_id")
    return left, catalog.rows_of(pairs.table, "right_shop", "right_id")


def contradictions(catalog: Catalog, left_rows: Int64, right_rows: Int64) -> npt.NDArray[np.bool_]:
    """Whether the GTINs of two rows are both valid and different, bool `[m]`: they cannot be one product.

    Numbers that a shop gives out for itself say nothing, as an empty or wrong one does. Rows are ≥ 0.
    """
    numbers = trade_item_numbers(catalog)
    differ = numbers.gather(left_rows) != numbers.gather(right_rows)
    return differ.fill_null(False).to_numpy().astype(np.bool_)


def trade_item_numbers(catalog: Catalog) -> pl.Series:
    """The GTIN of every row in one form; null where it is missing, wrong, or given out by the shop itself."""
    return catalog.table.select(_gtin().alias("gtin"))["gtin"]


def _gtin() -> pl.Expr:
    number = plain_gtin("gtin")
    return pl.when(~number.str.contains(_IN_STORE)).then(number)


def _squashed(column: str) -> pl.Expr:
    """Letters and digits only, without case and accents; null where nothing is left."""
    bare = pl.col(column).str.normalize("NFKD").str.to_lowercase()
    text = bare.str.replace_all(r"[^\p{L}\p{N}\p{M}]|[\x{300}-\x{36f}]", "")
    return pl.when(text != "").then(text)


def _numbered(catalog: Catalog) -> pl.DataFrame:
    """The keys of each row: `row shop gtin mpn brand group`, nulls where there is no sound one."""
    mpn = _squashed("mpn")
    sound = (mpn.str.len_chars() >= _MPN_LENGTH) & mpn.str.contains("[0-9]")
    return catalog.table.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row"),
        pl.col("shop"),
        _gtin().alias("gtin"),
        pl.when(sound).then(mpn).alias("mpn"),
        _squashed("brand").alias("brand"),
        pl.col("item_group_id").alias("group"),
    )


def _branded(numbered: pl.DataFrame) -> pl.DataFrame:
    """The rows with a part number, a missing brand read from the number where that is unmistakable.

    It is where the number is long, no shop has it twice, and nobody names a second brand beside it.
    """
    rows = numbered.drop_nulls("mpn")
    once = ~pl.struct("mpn", "shop").is_duplicated()
    lone = (
        (pl.col("mpn").str.len_chars() >= _LONE_MPN_LENGTH)
        & once.all().over("mpn")
        & (pl.col("brand").drop_nulls().n_unique().over("mpn") <= 1)
    )
    read = pl.col("brand").max().over("mpn").fill_null("")
    return rows.with_columns(pl.coalesce("brand", pl.when(lone).then(read)).alias("brand")).drop_nulls(
        "brand"
    )


def _trusted(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows whose `key` is there, and not on too many rows of any shop."""
    rows = rows.drop_nulls(key).with_columns(pl.len().over(key, "shop").alias("_rows"))
    return rows.filter(pl.col("_rows").max().over(key) <= ROWS_PER_SHOP)


def _linked(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Pairs `left < right` of rows that agree in `by`: all of a small group, a star of a large one."""
    sized = rows.select("row", *by, size=pl.len().over(by), first=pl.col("row").min().over(by))
    small = sized.filter(pl.col("size").is_between(2, ALL_PAIRS_ROWS)).select("row", *by)
    paired = small.join(small, on=by, suffix="_right").filter(pl.col("row") < pl.col("row_right"))
    star = sized.filter((pl.col("size") > ALL_PAIRS_ROWS) & (pl.col("row") != pl.col("first")))
    return pl.concat(
        [
            paired.select(pl.col("row").alias("left"), pl.col("row_right").alias("right")),
            star.select(pl.col("first").alias("left"), pl.col("row").alias("right")),
        ]
    ).sort("left", "right")


def _derived(linked: pl.DataFrame, origin: str) -> pl.DataFrame:
    return linked.with_columns(
        pl.lit(1, pl.Int8).alias("label"),
        pl.lit(origin).alias("origin"),
        pl.lit(WEIGHTS[origin], pl.Float32).alias("weight"),
    )


def _labelled(catalog: Catalog, human: Pairs) -> pl.DataFrame:
    """The human pairs by row, the last word first, so that it is the one kept."""
    left, right = rows_of_pairs(catalog, human)
    known = (left >= 0) & (right >= 0) & (left != right)
    if not known.any():
        first = human.table.row(0, named=True)
        raise PairsError(
            f"None of the {len(human)} labelled pairs is in the catalogue; the first names "
            f"{first['left_shop']!r} {first['left_id']!r} and {first['right_shop']!r} {first['right_id']!r}.",
            f"The catalogue holds the shops {', '.join(map(repr, catalog.shops[:9]))}.",
            "Name shops and ids as in the feeds.",
        )
    rows = pl.DataFrame({"left": left, "right": right}).hstack(
        human.table.select("label", "origin", "weight")
    )
    return rows.filter(pl.Series(known)).reverse()


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """The first word on each two products, whichever way round it names them."""
    ends = pl.min_horizontal("left", "right"), pl.max_horizontal("left", "right")
    keyed = rows.with_columns(ends[0].alias("_low"), ends[1].alias("_high"))
    return keyed.unique(["_low", "_high"], keep="first", maintain_order=True)


def _named(catalog: Catalog, rows: pl.DataFrame) -> Pairs:
    keys = catalog.table.select("shop", "id")
    left = keys[rows["left"]].rename({"shop": "left_shop", "id": "left_id"})
    right = keys[rows["right"]].rename({"shop": "right_shop", "id": "right_id"})
    return Pairs(
        left.hstack(right).hstack(rows.select("label", "origin", "weight")).select(list(PAIRS_SCHEMA))
    )
