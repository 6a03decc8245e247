"""Reconcile: from what the shops say of each product to what is to change, and what a human has to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from shelfspace.data.cleaning.currencies import currency
from shelfspace.data.cleaning.price import decimal_sign
from shelfspace.tasks.sync.cell_text import price_text, quantity_text
from shelfspace.tasks.sync.policy import Attribute, Doubt, Policy, Settled, value_of
from shelfspace.tasks.sync.products import Product, name
from shelfspace.tasks.sync.stock import Entry, Offer, Stock

Cell = tuple[str, str, str]  # shop, id, attribute


class Change(NamedTuple):
    """One cell of the stock and what goes there; `old` and `new` as written, `was` and `value` as numbers."""

    shop: str
    id: str
    attribute: str
    old: str
    new: str
    because_of: str
    probability: float
    reason: str
    was: float | None
    value: float | None


class Conflict(NamedTuple):
    """What was left as it is, and why: a `kind` for counting and a `reason` for reading."""

    shop: str
    id: str
    attribute: str
    value: str
    others: str
    kind: str
    reason: str
    probability: float


@dataclass
class Reconciled:
    """The changes, the conflicts, and the values that the offers of each settled product now share."""

    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    agreed: dict[Cell, float] = field(default_factory=dict)


def reconcile(
    stock: Stock,
    products: Iterable[Product],
    policies: Iterable[Policy],
    *,
    max_price_change: float,
    base: Mapping[Cell, float],
) -> Reconciled:
    """What `policies` make of the products that at least two records of the stock tell of.

    Nothing but offers of `products` is touched, and of those nothing that leaves a doubt. `base` holds the
    values that were agreed on at the last sync. The order of records has no influence.
    """
    found = Reconciled()
    signs = _signs(stock)
    for product in products:
        entries = [stock.entries[offer] for offer in product.offers if offer in stock.entries]
        if len(entries) < 2:
            continue
        if product.doubt:
            found.conflicts.append(
                _conflict(entries, "", product, Doubt("matched to several", product.doubt))
            )
            continue
        for policy in policies:
            settled = policy.settle(entries, _common_base(entries, policy.attribute, base))
            if isinstance(settled, Doubt):
                found.conflicts.append(_conflict(entries, policy.attribute, product, settled))
            else:
                _carry_out(found, entries, product, policy.attribute, settled, max_price_change, signs)
    found.changes.sort()
    found.conflicts.sort()
    return found


def _carry_out(
    found: Reconciled,
    entries: list[Entry],
    product: Product,
    attribute: Attribute,
    settled: Settled | None,
    max_price_change: float,
    signs: list[str],
) -> None:
    """Note the changes that bring all entries to the settled value; one too great is a conflict."""
    doubts: dict[Offer, Doubt] = {}
    changes = []
    for entry in entries if settled else []:
        if settled is None or value_of(entry, attribute) == settled.value:
            continue
        doubt = _too_far(entry, settled, attribute, max_price_change)
        if doubt:
            doubts[entry.shop, entry.id] = doubt
        else:
            changes.append(_change(entry, attribute, settled, product, signs[entry.sheet]))
    found.changes += changes
    for entry in entries:
        if doubt := doubts.get((entry.shop, entry.id)):
            others = [other for other in entries if other is not entry]
            found.conflicts.append(_conflict([entry, *others], attribute, product, doubt))
    values = {settled.value} if settled else {value_of(entry, attribute) for entry in entries}
    value = values.pop()
    if not doubts and not values and value is not None:  # only what all share is a base for the next time
        found.agreed.update({(entry.shop, entry.id, attribute): value for entry in entries})


def _too_far(entry: Entry, settled: Settled, attribute: Attribute, most: float) -> Doubt | None:
    """Why the entry's price is not to be changed."""
    if attribute == "quantity":
        return None
    if entry.price is None:
        return Doubt("no price", f"{entry.shop} states none, so that its currency is not known")
    if entry.price == 0:
        return Doubt("price not above zero", f"{entry.shop} states 0")
    change = settled.value / entry.price - 1
    if abs(change) <= most + 1e-9:
        return None
    return Doubt(
        "price change too great",
        f"{change:+.0%} to {settled.value:g}, {settled.reason}; {most:.0%} is allowed",
    )


def _change(entry: Entry, attribute: Attribute, settled: Settled, product: Product, sign: str) -> Change:
    if attribute == "quantity":
        old, new = entry.quantity_text, quantity_text(settled.value, entry.quantity_text)
    else:
        old, new = entry.price_text, price_text(settled.value, entry.price_text, sign)
    sources = [source for source in settled.sources if source is not entry] or settled.sources
    because = ", ".join(sorted(name((source.shop, source.id)) for source in sources))
    was = value_of(entry, attribute)
    told = because, product.probability, settled.reason
    return Change(entry.shop, entry.id, attribute, old, new, *told, was, settled.value)


def _conflict(entries: list[Entry], attribute: str, product: Product, doubt: Doubt) -> Conflict:
    """The conflict of the first entry with the others."""
    first, *others = entries
    told = [" ".join([name((other.shop, other.id)), _said(other, attribute)]).strip() for other in others]
    return Conflict(
        first.shop, first.id, attribute, _said(first, attribute), ", ".join(told), *doubt, product.probability
    )


def _said(entry: Entry, attribute: str) -> str:
    if attribute == "quantity":
        return entry.quantity_text
    if attribute == "price":
        bare = entry.currency and entry.price_text and currency(entry.price_text) is None
        return f"{entry.price_text} {entry.currency}" if bare else entry.price_text
    return ""


def _common_base(entries: list[Entry], attribute: Attribute, base: Mapping[Cell, float]) -> float | None:
    values = {base.get((entry.shop, entry.id, attribute)) for entry in entries}
    return values.pop() if len(values) == 1 else None


def _signs(stock: Stock) -> list[str]:
    """The decimal sign of each sheet's prices."""
    return [
        "."
        if columns.get("price") in sheet.exact
        else decimal_sign(sheet.table[columns["price"]])
        if "price" in columns
        else ""
        for sheet, columns in zip(stock.sheets, stock.columns, strict=True)
    ]
