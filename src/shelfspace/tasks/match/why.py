"""Why two listings are taken for one product or not, in words."""

from __future__ import annotations

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.units import quantities
from shelfspace.encoders.tokens import normalise
from shelfspace.tasks.match.facts import Facts, squashed
from shelfspace.tasks.match.features import compare_measures

_MOST_SHOWN = 2
_NEAR_PRICE = 0.05


def reasons(catalog: Catalog, facts: Facts, left: int, right: int) -> list[str]:
    """What agrees and what differs between the products at two rows, the most telling first."""
    i, j = int(facts.place[left]), int(facts.place[right])
    found = [
        _equal("GTIN", facts.gtins[i].lstrip("0"), facts.gtins[j].lstrip("0")),
        *_codes(facts, i, j),
        _equal("part number", facts.mpns[i], facts.mpns[j], differing=False),
        _brand(facts, i, j),
        *_measures(facts, i, j),
        _equal("color", facts.colors[i], facts.colors[j]),
        _equal("size", facts.sizes[i], facts.sizes[j]),
        _words(facts, i, j),
        _price(catalog, left, right),
    ]
    return [reason for reason in found if reason]


def _equal(name: str, one: str, other: str, *, differing: bool = True) -> str:
    if not one or not other:
        return ""
    if one == other:
        return f"same {name} {one}"
    return f"{name} differs: {one} ≠ {other}" if differing else ""


def _codes(facts: Facts, i: int, j: int) -> list[str]:
    measures = {squashed(text) for place in (i, j) for text in _written(facts, place).values()}
    measures |= {digits for text in measures if (digits := "".join(c for c in text if c.isdigit()))}
    shared = sorted((facts.all_codes[i] & facts.all_codes[j]) - measures, key=_longest_first)
    longest = [code for n, code in enumerate(shared) if not any(code in other for other in shared[:n])]
    if longest:
        return [f"same code {code.upper()}" for code in longest[:_MOST_SHOWN]]
    one, other = (
        min(
            (c for c in facts.codes[a] - measures if c not in facts.squashed[b]),
            key=_longest_first,
            default="",
        )
        for a, b in ((i, j), (j, i))
    )
    return [f"code differs: {one.upper()} ≠ {other.upper()}"] if one and other else []


def _longest_first(code: str) -> tuple[int, str]:
    """By which codes are sorted: sets alone have another order in every process."""
    return -len(code), code


def _brand(facts: Facts, i: int, j: int) -> str:
    one, other = facts.brands[i], facts.brands[j]
    if one and other:
        alike = one in other or other in one
        return f"same brand {one}" if alike else f"brand differs: {one} ≠ {other}"
    stated, text = (one, facts.names[j]) if one else (other, facts.names[i])
    return f"brand {stated} named in both" if stated and stated in text else ""


def _measures(facts: Facts, i: int, j: int) -> list[str]:
    agreeing, differing = compare_measures(facts.measures[i], facts.measures[j])
    if not agreeing and not differing:
        return []
    mine, theirs = _written(facts, i), _written(facts, j)
    told = []
    for unit in agreeing[:_MOST_SHOWN]:
        alike = mine[unit].replace(" ", "") == theirs[unit].replace(" ", "")
        told.append(f"same {mine[unit]}" if alike else f"same {mine[unit]} = {theirs[unit]}")
    return told + [f"measure differs: {mine[unit]} ≠ {theirs[unit]}" for unit in differing[:_MOST_SHOWN]]


def _written(facts: Facts, place: int) -> dict[str, str]:
    """The first measure of each unit as the listing writes it."""
    text = facts.everything[place]
    found: dict[str, str] = {}
    for quantity in quantities(text):
        found.setdefault(quantity.unit, text[quantity.start : quantity.end].strip())
    return found


def _words(facts: Facts, i: int, j: int) -> str:
    one, other = set(normalise(facts.names[i]).split()), set(normalise(facts.names[j]).split())
    shared = len(one & other)
    return f"{shared} of {min(len(one), len(other))} words in both" if shared else "no word in both"


def _price(catalog: Catalog, left: int, right: int) -> str:
    prices = catalog.table["price"]
    currencies = catalog.table["currency"]
    one, other = prices[left], prices[right]
    if not one or not other or one <= 0 or other <= 0:
        return ""
    if currencies[left] != currencies[right] and currencies[left] and currencies[right]:
        return ""  # without an exchange rate nothing can be said
    change = other / one - 1
    return f"price agrees ({change:+.0%})" if abs(change) <= _NEAR_PRICE else f"price {change:+.0%}"
