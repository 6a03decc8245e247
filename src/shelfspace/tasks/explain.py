"""Explain: what speaks for two products being one, and what against."""

from __future__ import annotations

from shelfspace.errors import OptionError
from shelfspace.report.explanation import Contribution, Explanation
from shelfspace.space.space import Space
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.matcher import matcher_of_space
from shelfspace.tasks.match.why import reasons

__all__ = ["Explanation", "explain"]


def explain(space: Space, left: str, right: str) -> Explanation:
    """The log-odds that two products are one, as a sum of contributions of what was compared.

    `left` and `right` are products of two shops, "shop/id" or an id that is unique. Contributions above 0
    speak for one product. Raises `CatalogError` for an unknown product, `OptionError` for two of one shop.
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
    amounts, base = matcher.scorer.contributions_at(matcher.desk, PairRows(at[:1], at[1:]))
    said = reasons(catalog, matcher.desk.features.facts, *at.tolist())
    titles = catalog.table["title"]
    return Explanation(
        titles[int(at[0])] or "",
        titles[int(at[1])] or "",
        base,
        tuple(Contribution(name, _value(name, said), amount) for name, amount in amounts.items()),
    )


#: The words by which a reason belongs to a contribution.
_WORDS = {
    "GTIN": ("GTIN",),
    "model codes": ("code", "part number"),
    "brand": ("brand",),
    "numbers and measures": ("measure", "same 0", "same 1", "same 2", "same 3", "same 4"),
    "color and size": ("color", "size"),
    "price": ("price",),
    "wording": ("words in both", "word in both"),
}


def _value(name: str, said: list[str]) -> str:
    """The reasons that a contribution stands for."""
    return "; ".join(reason for reason in said if any(word in reason for word in _WORDS.get(name, ())))
