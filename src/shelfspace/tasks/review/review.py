"""Review: the pairs that a human's answer would teach most about."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.listed_pairs import listed_pairs
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.match import two_shops_of, whys
from shelfspace.tasks.match.matcher import Matcher, matcher_of_space
from shelfspace.tasks.match.study import labels_of_pairs
from shelfspace.tasks.match.trees import log_odds_of, probability
from shelfspace.tasks.review.informative import choose

#: What a table of pairs to review holds; `label` is there to be filled in.
REVIEW_COLUMNS = {
    "left_shop": pl.String,
    "left_id": pl.String,
    "right_shop": pl.String,
    "right_id": pl.String,
    "label": pl.Int8,
    "left_title": pl.String,
    "right_title": pl.String,
    "left_brand": pl.String,
    "right_brand": pl.String,
    "left_price": pl.String,
    "right_price": pl.String,
    "left_codes": pl.String,
    "right_codes": pl.String,
    "why": pl.String,
    "probability": pl.Float64,
    "asked": pl.String,
}


def review(space: Space, left: str | None = None, right: str | None = None, n: int = 20) -> pl.DataFrame:
    """At most `n` pairs of two shops to be judged by a human, with an empty `label`; the most telling first.

    Nobody has labelled them yet. Four in five are doubtful: near the threshold of a match, or such that
    the members of the matcher disagree; they are chosen unlike each other, no product twice. The rest is
    drawn at random from the sure pairs of either kind. `asked` says which, "doubtful" or "random". The other
    columns, those of `REVIEW_COLUMNS`, show the two listings and what agrees and differs.

    Deterministic. Fewer rows, or none, where there are not so many unlabelled candidates. Raises
    `CatalogError` for an unknown shop, `OptionError` for one shop twice or `n` below 1.
    """
    if n < 1:
        raise OptionError(f"{n} pairs were asked for.", "At least one can be reviewed.", "Ask for more.")
    named = two_shops_of(space, left, right)
    ordered = sorted(named, key=lambda shop: int(space.catalog.rows_of_shop(shop)[0]))
    matcher = matcher_of_space(space, *ordered)
    pairs, log_odds = _unlabelled(space, matcher)
    doubtful, at_random = choose(
        pairs,
        log_odds,
        float(log_odds_of(matcher.threshold)),
        n,
        votes=lambda pool: matcher.scorer.votes_at(matcher.desk, pool),
        vectors=matcher.desk.learned_signals["learned meaning"],
        seed=space.seed + len(space.pairs),
    )
    places = np.concatenate([doubtful, at_random])
    asked = ["doubtful"] * len(doubtful) + ["random"] * len(at_random)
    turned = tuple(ordered) != named
    return _table(matcher.catalog, pairs.take(places), log_odds[places], asked, named, turned=turned)


def _unlabelled(space: Space, matcher: Matcher) -> tuple[PairRows, npt.NDArray[np.float64]]:
    """The shortlist without what somebody has answered already."""
    pairs, log_odds = matcher.shortlist
    sides = np.unique(pairs.left), np.unique(pairs.right)
    answered = labels_of_pairs(matcher.catalog, space.pairs.table, *sides).pairs
    fresh = ~pairs.within(answered)
    return pairs.take(fresh), log_odds[fresh]


def _table(
    catalog: Catalog,
    pairs: PairRows,
    log_odds: npt.NDArray[np.float64],
    asked: list[str],
    shops: tuple[str, str],
    *,
    turned: bool,
) -> pl.DataFrame:
    sides = (pairs.right, pairs.left) if turned else (pairs.left, pairs.right)
    table = pl.DataFrame(
        {
            "probability": np.round(probability(log_odds), 4),
            "why": pl.Series(whys(catalog, pairs, turned=turned), dtype=pl.String),
            "asked": pl.Series(asked, dtype=pl.String),
        }
    )
    for side, shop, rows in zip(("left", "right"), shops, sides, strict=True):
        listings = catalog.table[rows]
        codes = pl.concat_str([pl.col("gtin"), pl.col("mpn")], separator=", ", ignore_nulls=True)
        table = table.with_columns(
            pl.lit(shop).alias(f"{side}_shop"),
            listings["id"].alias(f"{side}_id"),
            listings["brand"].alias(f"{side}_brand"),
            listings.select(pl.when(codes != "").then(codes)).to_series().alias(f"{side}_codes"),
        )
    table = listed_pairs(catalog, table, *shops).with_columns(pl.lit(None, pl.Int8).alias("label"))
    return table.select(pl.col(name).cast(dtype) for name, dtype in REVIEW_COLUMNS.items())
