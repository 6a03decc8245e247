"""Explain: what speaks for two products being one, and what against."""

from __future__ import annotations

import re

from shelfspace.errors import OptionError
from shelfspace.report.explanation import Contribution, Explanation
from shelfspace.space.space import Space
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.match import SURE, judged_pairs
from shelfspace.tasks.match.matcher import matcher_of_space
from shelfspace.tasks.match.why import reasons

__all__ = ["Explanation", "explain"]


def explain(space: Space, left: str, right: str) -> Explanation:
    """The log-odds that two products are one, as a sum of contributions of what was compared.

    `left` and `right` are products of two shops, "shop/id" or an id that is unique. Contributions above 0
    speak for one product. Where somebody has labelled the pair, "label" brings them to what was said. Raises
    `CatalogError` for an unknown product, `OptionError` for two of one shop.
    """
    one, other = space.row(left), space.row(right)
    shops = space.catalog.table["shop"]
    if shops[one] == shops[other]:
        raise OptionError(
            f"Both products are of the shop {shops[one]!r}.",
            "A match is between two shops.",
            "Name a product of another shop.",
        )
    order = sorted((one, other), key=lambda row: space.catalog.shops.index(shops[row]))
    matcher = matcher_of_space(space, shops[order[0]], shops[order[1]])
    catalog = matcher.desk.catalog
    at = catalog.rows_of(space.catalog.table[order].select("shop", "id"))
    pair = PairRows(at[:1], at[1:])
    amounts, base = matcher.scorer.contributions_at(matcher.desk, pair)
    judged = judged_pairs(space, matcher, [shops[row] for row in order])
    if judged.pairs.within(pair).any():
        label = int(judged.labels[judged.pairs.within(pair)][0])
        amounts["label"] = (SURE if label else -SURE) - base - sum(amounts.values())
    said = reasons(catalog, matcher.desk.features.facts, *at.tolist())
    titles = catalog.table["title"]
    return Explanation(
        titles[int(at[0])] or "",
        titles[int(at[1])] or "",
        base,
        tuple(Contribution(name, _value(name, said), amount) for name, amount in amounts.items()),
    )


#: How the reasons that belong to a contribution begin.
_BEGINNINGS = {
    "GTIN": r"(same )?GTIN",
    "model codes": r"(same )?(code|part number)",
    "brand": r"(same )?brand",
    "numbers and measures": r"measure|same -?\d",
    "color and size": r"(same )?(color|size)",
    "price": r"price",
    "wording": r"\d+ of|no word",
}


def _value(name: str, said: list[str]) -> str:
    """The reasons that a contribution stands for."""
    if name not in _BEGINNINGS:
        return ""
    return "; ".join(reason for reason in said if re.match(_BEGINNINGS[name], reason))
