"""Links: which offers of two shops the space takes for one product, surely enough to act on."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import polars as pl

from shelfspace.progress import progress
from shelfspace.space.space import Space
from shelfspace.tasks.match.match import match, threshold_of, two_shops_of
from shelfspace.tasks.match.matcher import matcher_of_space

#: A match counts from the matcher's own threshold on; numbers in shops are only changed on a surer one.
CONFIDENT = 0.9
LINKS_SCHEMA = {
    "left_shop": pl.String,
    "left_id": pl.String,
    "right_shop": pl.String,
    "right_id": pl.String,
    "probability": pl.Float64,
    "chosen": pl.Boolean,
}


class Links(NamedTuple):
    """Pairs of offers at or above the threshold, those of the one-to-one assignment `chosen`.

    `skipped` counts the matches that fell short of it; `threshold` is the least that was asked of any shops.
    """

    table: pl.DataFrame
    skipped: int
    threshold: float


def links_of_space(
    space: Space,
    shops: set[str],
    *,
    left: str | None = None,
    right: str | None = None,
    threshold: float | str = "auto",
) -> Links:
    """The links between every two of `shops`, or between `left` and `right` alone where they are named.

    `threshold` is a probability, or "auto": 0.9, or what the matcher itself asks for where that is more.
    Raises `CatalogError` for an unknown shop, `OptionError` for another threshold.
    """
    order = space.catalog.shops
    if left is not None or right is not None:
        pairs = [tuple(sorted(two_shops_of(space, left, right), key=order.index))]
    else:
        pairs = list(combinations([shop for shop in order if shop in shops], 2))
    tables, skipped, cuts = [pl.DataFrame(schema=LINKS_SCHEMA)], 0, []
    with progress("Matching shops", len(pairs)) as advance:
        for one, other in pairs:
            table, short, cut = _between(space, one, other, threshold)
            tables.append(table)
            skipped += short
            cuts.append(cut)
            advance()
    return Links(pl.concat(tables), skipped, min(cuts, default=CONFIDENT))


def _between(space: Space, left: str, right: str, threshold: float | str) -> tuple[pl.DataFrame, int, float]:
    matcher = matcher_of_space(space, left, right)
    cut = max(matcher.threshold, CONFIDENT) if threshold == "auto" else threshold_of(threshold, matcher)
    key = ["left_id", "right_id"]
    sure = match(space, left, right, threshold=cut, one_to_one=False)
    chosen = match(space, left, right, threshold=cut).select(*key, pl.lit(True).alias("chosen"))
    likely = match(space, left, right)
    table = sure.join(chosen, on=key, how="left", maintain_order="left").with_columns(
        pl.lit(left).alias("left_shop"), pl.lit(right).alias("right_shop"), pl.col("chosen").fill_null(False)
    )
    return table.select(*LINKS_SCHEMA), likely.join(sure, on=key, how="anti").height, cut
