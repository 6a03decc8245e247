"""The names that feeds give to product attributes, in several languages."""

from __future__ import annotations

import re
import unicodedata

from shelfspace.data.alias_names import NAMES
from shelfspace.data.cleaning.currencies import CODES
from shelfspace.data.schema import ATTRIBUTES

_PRICE_IN = re.compile(r"^(?:price|preis|prix|precio|prezzo|cena)([a-z]{3})$")


def key(name: str) -> str:
    """A column name reduced to its letters and digits, for comparing.

    >>> key("g:Image_Link"), key("Product Name"), key("ＴＩＴＬＥ")
    ('imagelink', 'productname', 'title')
    """
    name = unicodedata.normalize("NFKC", name).casefold().strip().removeprefix("g:")
    return "".join(char for char in name if char.isalnum())


def _ranks() -> dict[str, list[tuple[str, int]]]:
    ranks: dict[str, list[tuple[str, int]]] = {}
    for attribute, names in NAMES.items():
        for rank, name in enumerate([attribute, *names.replace("\n", " ").split(",")]):
            entries = ranks.setdefault(key(name), [])
            if all(known != attribute for known, _ in entries):
                entries.append((attribute, rank))
    return ranks


_RANKS = _ranks()
#: Names that fall back on another attribute where a better column serves the first.
_SECOND = {"vendor": "brand", "vendorname": "brand"}


def mapped(columns: list[str], given: dict[str, str] | None = None) -> dict[str, str]:
    """Feed column → attribute for the columns whose name is known, each attribute's best column first.

    What is `given` wins and stands first, in its order; "" as its attribute keeps a column under its own
    name. A name with two meanings takes the second where another column serves the first better: a SKU is
    the id, or the mpn beside an id; a vendor is the shop, or the brand beside a shop.

    >>> mapped(["sku", "Vendor", "Titel"])
    {'Vendor': 'shop', 'sku': 'id', 'Titel': 'title'}
    >>> mapped(["id", "sku", "shop", "vendor", "price_eur"], {"shop": "shop"})
    {'shop': 'shop', 'id': 'id', 'vendor': 'brand', 'sku': 'mpn', 'price_eur': 'price'}
    """
    given = given or {}
    asked = {key(column): attribute for column, attribute in given.items()}
    exact = {column: given.get(column, asked.get(key(column))) for column in columns}
    meanings = {
        column: options for column in columns if exact[column] is None and (options := _meanings(column))
    }
    places = {key(column): place - len(given) for place, column in enumerate(given)}
    chosen = {column: (attribute, places[key(column)]) for column, attribute in exact.items() if attribute}
    # Round by round: a column takes its first meaning unless a better named column has it.
    for column, options in meanings.items():
        for attribute, rank in options:
            rivals = (other for other in meanings if other != column)
            better = any(_rank(meanings[other], attribute) < rank for other in rivals)
            better = better or attribute in (taken for taken, place in chosen.values() if place < 0)
            if not better or attribute == options[-1][0]:
                chosen[column] = (attribute, rank)
                break
    order = {attribute: place for place, attribute in enumerate(ATTRIBUTES)}
    ranked = sorted(chosen.items(), key=lambda item: (order.get(item[1][0], len(order)), item[1][1]))
    return {column: attribute for column, (attribute, _) in ranked}


def attribute_of(name: str) -> str | None:
    """The attribute that a name of a detail stands for, None where it is no name of one.

    A style number ("sku", "货号") numbers a product here, since the listing's own id stands elsewhere.

    >>> attribute_of("品牌"), attribute_of("货号"), attribute_of("collar")
    ('brand', 'mpn', None)
    """
    options = [attribute for attribute, _ in _meanings(name)]
    return "mpn" if options and options[0] == "id" else options[0] if options else None


def _meanings(column: str) -> list[tuple[str, int]]:
    """The attributes that a column name may stand for, and how well it names each."""
    name = key(column)
    options = list(_RANKS.get(name, []))
    if name in _SECOND:
        options.append((_SECOND[name], 100))
    if not options and price_currency(column):
        options.append(("price", 100))
    if not options and "." in column:  # a nested object: {"brand": {"name": …}}
        head, _, tail = column.rpartition(".")
        inner = {"name": 0, "value": 0, "amount": 0, "text": 0, "label": 0, "url": 0, "src": 0, "href": 0}
        outer = _RANKS.get(key(head), [])
        if key(tail) in inner:
            options.extend((attribute, rank + 200) for attribute, rank in outer)
        elif key(tail).startswith("currency") and any(attribute == "price" for attribute, _ in outer):
            options.append(("currency", 200))
    return options


def _rank(options: list[tuple[str, int]], attribute: str) -> int:
    return next((rank for known, rank in options if known == attribute), 1 << 30)


def price_currency(column: str) -> str | None:
    """The currency in a price column's name, such as price_eur; None where it has none."""
    match = _PRICE_IN.match(key(column))
    return match[1].upper() if match and match[1].upper() in CODES else None
