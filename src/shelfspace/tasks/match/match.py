"""Match: which products two shops both sell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.errors import CatalogError, OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.match.assignment import one_to_one as assigned
from shelfspace.tasks.match.blocking import Blocked
from shelfspace.tasks.match.candidates import NO_PAIRS, PairRows
from shelfspace.tasks.match.facts import Facts
from shelfspace.tasks.match.labelled import LabelledPairs
from shelfspace.tasks.match.matcher import Float64, Matcher, matcher_of_space
from shelfspace.tasks.match.recall import check_recall
from shelfspace.tasks.match.study import labels_of_pairs
from shelfspace.tasks.match.trees import probability
from shelfspace.tasks.match.why import reasons

SURE = 40.0  # log-odds of what was labelled: probability 1, or 0
NOT_JUDGED = LabelledPairs(NO_PAIRS, np.empty(0, np.int64))


def match(
    space: Space,
    left: str | None = None,
    right: str | None = None,
    *,
    threshold: float | str = "auto",
    one_to_one: bool = True,
    labels: Literal["space", "none"] | str = "space",
    recall: float | None = None,
) -> pl.DataFrame:
    """The pairs of products that two shops both sell: left_id, right_id, probability, why; the surest first.

    `left` and `right` name the shops; a space of two shops needs neither. A pair counts from the `threshold`
    on, inclusive: a probability, or "auto" for what validation pairs, or else the feeds alone, say. With
    `one_to_one` each product has one match at most; otherwise several listings may be one product. What the
    space's labelled pairs say is final, whatever the texts say; `labels` "none" leaves them out. With
    `recall` the pairs that are scored are chosen anew, the fewest that hold this share of the matches (see
    `blocked`), before the threshold decides. `why` says in words what agrees and what differs.

    Raises `CatalogError` for an unknown shop, `OptionError` for a threshold outside 0…1, one shop twice or a
    recall that cannot be promised.
    """
    named = two_shops_of(space, left, right)
    ordered = _in_order(space, named)
    matcher = matcher_of_space(space, *ordered, labels=labels)
    cut = threshold_of(threshold, matcher)
    if recall is not None:
        matcher = matcher.with_shortlist(blocked(space, *named, recall=recall, labels=labels).pairs)
    pairs, log_odds = matcher.shortlist
    judged = judged_pairs(space, matcher, ordered) if labels == "space" else NOT_JUDGED
    pairs, log_odds = _settled(pairs, log_odds, judged)
    above = probability(log_odds) >= cut
    pairs, log_odds = pairs.take(above), log_odds[above]
    if one_to_one:
        kept = assigned(pairs, log_odds)
        pairs, log_odds = pairs.take(kept), log_odds[kept]
    order = np.lexsort((pairs.right, pairs.left, -log_odds))
    pairs, log_odds = pairs.take(order), log_odds[order]
    ids = matcher.catalog.table["id"]
    turned = tuple(ordered) != named
    return pl.DataFrame(
        {
            "left_id": ids.gather(pairs.right if turned else pairs.left),
            "right_id": ids.gather(pairs.left if turned else pairs.right),
            "probability": np.round(probability(log_odds), 4),
            "why": pl.Series(_told(matcher.catalog, pairs, judged, turned=turned), dtype=pl.String),
        }
    )


def judged_pairs(space: Space, matcher: Matcher, shops: Sequence[str]) -> LabelledPairs:
    """The labels of the space on pairs of two shops, the last word on each; as rows of the matcher."""
    rows = [matcher.catalog.rows_of_shop(shop) for shop in shops]
    said = labels_of_pairs(matcher.catalog, space.pairs.table, rows[0], rows[1])
    _, last = np.unique(said.pairs.keys()[::-1], return_index=True)
    return said.take(len(said.labels) - 1 - last)


def _settled(pairs: PairRows, log_odds: Float64, judged: LabelledPairs) -> tuple[PairRows, Float64]:
    """The pairs with those that somebody has judged, which are as sure as can be."""
    open_ = ~pairs.within(judged.pairs)
    both = PairRows(
        np.concatenate([pairs.left[open_], judged.pairs.left]),
        np.concatenate([pairs.right[open_], judged.pairs.right]),
    )
    return both, np.concatenate([log_odds[open_], np.where(judged.labels == 1, SURE, -SURE)])


def _told(catalog: Catalog, pairs: PairRows, judged: LabelledPairs, *, turned: bool) -> list[str]:
    """Why each pair is listed, for those that were labelled this first."""
    by_hand = pairs.within(judged.pairs).tolist()
    told = zip(by_hand, whys(catalog, pairs, turned=turned), strict=True)
    return [f"labelled the same; {why}" if mine else why for mine, why in told]


def blocked(
    space: Space, left: str | None = None, right: str | None = None, *, recall: float, labels: str = "space"
) -> Blocked:
    """The fewest pairs of two shops that hold this share of their matches, and what was promised of them.

    Raises `OptionError` where so much cannot be promised.
    """
    ordered = _in_order(space, two_shops_of(space, left, right))
    matcher = matcher_of_space(space, *ordered, labels=labels)
    return space.part(f"blocked {ordered} {recall} {labels}", lambda: matcher.blocked(check_recall(recall)))


def _in_order(space: Space, shops: tuple[str, str]) -> list[str]:
    """The shops in the order in which the catalogue has them."""
    return sorted(shops, key=lambda shop: int(space.catalog.rows_of_shop(shop)[0]))


def whys(catalog: Catalog, pairs: PairRows, *, turned: bool) -> list[str]:
    """What agrees and what differs, a text a pair; `turned` where the right shop's product comes first."""
    rows = np.unique(np.concatenate([pairs.left, pairs.right]))
    part = catalog.take(rows)
    facts = Facts.of(part, Listings.of_catalog(part), np.arange(len(rows)))
    left, right = np.searchsorted(rows, pairs.left), np.searchsorted(rows, pairs.right)
    both = zip((right if turned else left).tolist(), (left if turned else right).tolist(), strict=True)
    return ["; ".join(reasons(part, facts, one, other)) for one, other in both]


def two_shops_of(space: Space, left: str | None, right: str | None) -> tuple[str, str]:
    """The two shops meant: those named, or the other one of a space of two, or both."""
    shops = space.catalog.shops
    for shop in (left, right):
        if shop is not None:
            space.catalog.rows_of_shop(shop)  # refuses one that is not there
    if left is not None and left == right:
        raise OptionError(
            f"Left and right are both {left!r}.", "Two shops are matched.", "To find repeats, use dedupe."
        )
    if left is None or right is None:
        others = [shop for shop in shops if shop not in (left, right)]
        missing = (left is None) + (right is None)
        if len(others) != missing:
            raise CatalogError(
                f"The space holds {len(shops)} shops: {', '.join(shops)}.",
                "Two are matched.",
                "Name them with left and right (--left SHOP --right SHOP).",
            )
        fill = iter(others)
        left, right = left or next(fill), right or next(fill)
    return left, right


def threshold_of(threshold: float | str, matcher: Matcher) -> float:
    """The threshold as a probability."""
    if threshold == "auto":
        return matcher.threshold
    number = _number(threshold)
    if number is None or not 0 <= number <= 1:
        raise OptionError(
            f"The threshold is {threshold!r}.", 'It is a probability from 0 to 1, or "auto".', "Mend it."
        )
    return number


def _number(text: float | str) -> float | None:
    convert: Callable[[float | str], float] = float
    try:
        return convert(text)
    except ValueError:
        return None
