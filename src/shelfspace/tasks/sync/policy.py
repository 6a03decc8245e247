"""Policies: whose quantity or price is the right one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from shelfspace.data.catalog import Catalog
from shelfspace.errors import OptionError
from shelfspace.tasks.sync.stock import Entry

Attribute = Literal["quantity", "price"]
ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)
CHOICES: dict[Attribute, tuple[str, ...]] = {
    "quantity": ("lowest", "latest", "changes", "keep"),
    "price": ("keep", "lowest", "latest"),
}


class Settled(NamedTuple):
    """The value that all offers of a product shall have, whose it is, and why."""

    value: float
    sources: tuple[Entry, ...]
    reason: str


class Doubt(NamedTuple):
    """Why no value was settled on: a short `kind`, the same for all such cases, and the case's `reason`."""

    kind: str
    reason: str


@dataclass(frozen=True)
class Policy:
    """How the value of one attribute is settled: by `rule`, which is "from" where `shop` decides."""

    attribute: Attribute
    rule: str
    shop: str = ""

    @classmethod
    def of(cls, text: str, attribute: Attribute, catalog: Catalog) -> Policy:
        """The policy that `text` names: one of `CHOICES`, or "from:SHOP".

        Raises `OptionError` for any other, `CatalogError` for an unknown shop.
        """
        if text in CHOICES[attribute]:
            return cls(attribute, text)
        rule, _, shop = text.partition(":")
        if rule == "from" and shop:
            catalog.rows_of_shop(shop)
            return cls(attribute, rule, shop)
        raise OptionError(
            f"The policy for {attribute} is {text!r}.",
            f"It is {', '.join(CHOICES[attribute])} or from:SHOP.",
            "Choose one of these.",
        )

    def __str__(self) -> str:
        return f"from:{self.shop}" if self.rule == "from" else self.rule

    def settle(self, entries: list[Entry], base: float | None) -> Settled | Doubt | None:
        """The value for all of `entries`, a doubt, or None where there is nothing to settle.

        `base` is the value they had in common after the last sync, None where that is not known.
        """
        values = {value_of(entry, self.attribute) for entry in entries}
        if values == {None}:
            return None
        judged = [entry for entry in entries if self.rule != "from" or entry.shop == self.shop]
        if not judged:
            return None
        doubt = self._unusable(judged) if self.rule != "keep" else None
        if doubt := doubt or self._currencies(entries):
            return doubt
        if self.rule == "changes" and base is not None:
            return self._changes(entries, base)
        if len(values) == 1:
            return None
        if self.rule == "keep":
            if len(values - {None}) < 2:
                return None
            return Doubt(f"{self.attribute} differs", self._gap(entries))
        if self.rule == "from":
            return self._settled(judged, f"{self.shop} decides")
        if doubt := self._both_changed(entries, base):
            return doubt
        return self._latest(entries) if self.rule == "latest" else self._lowest(entries)

    def _unusable(self, entries: list[Entry]) -> Doubt | None:
        for entry in entries:
            value = value_of(entry, self.attribute)
            if value is None:
                return Doubt(f"no {self.attribute}", f"{entry.shop} states none")
            if value < 0 or (value == 0 and self.attribute == "price"):
                kind = "negative quantity" if value < 0 else "price not above zero"
                return Doubt(kind, f"{entry.shop} states {value:g}")
        return None

    def _currencies(self, entries: list[Entry]) -> Doubt | None:
        if self.attribute == "quantity":
            return None
        units = {entry.currency for entry in entries if entry.price is not None}
        if len(units) < 2:
            return None
        said = sorted(unit or "none stated" for unit in units)
        return Doubt("currencies differ", " and ".join(said))

    def _gap(self, entries: list[Entry]) -> str:
        values = [value for entry in entries if (value := value_of(entry, self.attribute)) is not None]
        low, high = min(values), max(values)
        return f"from {low:g} to {high:g}" + (f" (+{high / low - 1:.0%})" if low > 0 else "")

    def _both_changed(self, entries: list[Entry], base: float | None) -> Doubt | None:
        if base is None:
            return None
        moved = [entry.shop for entry in entries if value_of(entry, self.attribute) != base]
        if len(moved) < 2:
            return None
        return Doubt(
            "changed in several shops",
            f"it was {base:g} after the last sync; {' and '.join(moved)} changed it",
        )

    def _lowest(self, entries: list[Entry]) -> Settled:
        least = min(_stated(entry, self.attribute) for entry in entries)
        return self._settled([e for e in entries if value_of(e, self.attribute) == least], "the lowest")

    def _latest(self, entries: list[Entry]) -> Settled | Doubt:
        stamped = [entry.updated_at for entry in entries if entry.updated_at is not None]
        if len(stamped) < len(entries):
            return Doubt("no time", "the latest is not known where a time is missing")
        newest = [entry for entry in entries if entry.updated_at == max(stamped)]
        if len({value_of(entry, self.attribute) for entry in newest}) > 1:
            return Doubt("same time", f"{' and '.join(e.shop for e in newest)} changed it at the same time")
        return self._settled(newest, f"the latest, of {max(stamped):%Y-%m-%d %H:%M}")

    def _changes(self, entries: list[Entry], base: float) -> Settled | Doubt | None:
        """All that was sold or came in since the last sync, added up."""
        moved = [entry for entry in entries if value_of(entry, self.attribute) != base]
        if not moved:
            return None
        value = round(base + sum(_stated(entry, self.attribute) - base for entry in moved), 6)
        steps = " ".join(f"{_stated(entry, self.attribute) - base:+g}" for entry in moved)
        if value < 0:
            return Doubt("oversold", f"{base:g} {steps} is {value:g}")
        return Settled(value, tuple(moved), f"{base:g} {steps} since the last sync")

    def _settled(self, sources: list[Entry], reason: str) -> Settled:
        return Settled(_stated(sources[0], self.attribute), tuple(sources), reason)


def value_of(entry: Entry, attribute: Attribute) -> float | None:
    """The entry's quantity or price."""
    return entry.quantity if attribute == "quantity" else entry.price


def _stated(entry: Entry, attribute: Attribute) -> float:
    value = value_of(entry, attribute)
    return 0.0 if value is None else value  # never None: what is missing was a doubt before
