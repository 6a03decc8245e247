"""Listings that a shop has twice, numbers on many products, and what a listing cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.space.space import Space
from shelfspace.tasks.anomalies.suspicion import Suspicion
from shelfspace.tasks.clusters import clusters_of
from shelfspace.views.evidence import ROWS_PER_SHOP

_LIKELY = 0.5  # two listings of a shop are one product rather than not
_NEEDED = ("title", "price")
_USUAL = 0.9  # of a shop's listings: what so many have, the others lack


def repeat_suspicions(space: Space, false_alarms: float = 0.01) -> Iterator[Suspicion]:
    """Listings of a shop that are one product with an earlier one of it, as `cluster` sees it.

    The surest are told, as long as they more likely are than not, and as long as no more than the share
    `false_alarms` of all listings may be expected to be told wrongly.
    """
    found = clusters_of(space).table.join(
        space.catalog.table.select("shop", "id").with_row_index("row"), ["shop", "id"], maintain_order="left"
    )
    group = ["cluster_id", "shop"]
    first = pl.col("row").min().over(group).alias("first")
    repeated = found.with_columns(first).filter(
        pl.col("row") != pl.col("first"), pl.col("confidence") >= _LIKELY
    )
    repeated = repeated.sort("confidence", "row", descending=[True, False])
    wrong = (1 - pl.col("confidence")).cum_sum()
    repeated = repeated.filter(wrong <= false_alarms * len(space.catalog))
    for row, other, sure in repeated.sort("row").select("row", "first", "confidence").iter_rows():
        why = f"the same product as another listing of this shop, with {sure:.0%}"
        yield Suspicion(row, "repeated listing", why, p_value=1 - sure, other=other)


def number_suspicions(catalog: Catalog) -> Iterator[Suspicion]:
    """Trade item numbers that stand on many listings of a shop: slips of the feed, best left out."""
    numbered = catalog.table.select("shop", "gtin").with_row_index("row").drop_nulls()
    often = numbered.filter(pl.len().over("shop", "gtin") > ROWS_PER_SHOP)
    for row, number, count in often.select("row", "gtin", pl.len().over("shop", "gtin")).iter_rows():
        why = f"the number stands on {count} listings of this shop"
        yield Suspicion(row, "repeated number", why, "gtin", number, "")


def lacking(catalog: Catalog) -> Iterator[Suspicion]:
    """Listings without a title or price where their shop usually gives one."""
    rows = catalog.table.select("shop", *_NEEDED).with_row_index("row")
    for name in _NEEDED:
        share = pl.col(name).is_not_null().mean().over("shop")
        for row, usual in (
            rows.filter(pl.col(name).is_null() & (share >= _USUAL))
            .select("row")
            .join(rows.select("row", share.alias("usual")), "row")
            .iter_rows()
        ):
            yield Suspicion(row, f"missing {name}", f"{usual:.0%} of this shop's listings have one", name)
