"""One JSON value as products: flat records of text, by the shape it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shelfspace.data.readers.json_ld import is_json_ld, json_ld_products
from shelfspace.data.readers.shopify import is_shopify, shopify_products

Record = dict[str, str | None]
_DEPTH = 2


def products_in(value: Any) -> Iterator[Record]:
    """The products that one element of a JSON feed holds: one for a plain object, its variants for others."""
    if not isinstance(value, dict):
        raise ValueError(f"{type(value).__name__} where an object is needed")
    if is_shopify(value):
        records: Iterator[dict[str, Any]] = shopify_products(value)
    elif is_json_ld(value):
        records = json_ld_products(value)
    else:
        records = iter([value])
    for record in records:
        yield flat(record)


def flat(record: dict[str, Any], prefix: str = "", depth: int = _DEPTH) -> Record:
    """The record with nested objects as dotted keys, lists of plain values joined, and all values text.

    >>> flat({"id": 7, "price": {"value": 1.5, "currency": "EUR"}, "tags": ["a", "b"], "new": True})
    {'id': '7', 'price.value': '1.5', 'price.currency': 'EUR', 'tags': 'a, b', 'new': 'true'}
    """
    out: Record = {}
    for key, value in record.items():
        name = prefix + key if key.isprintable() else str(text_of(prefix + key))
        if type(value) is str and value.isascii():
            out[name] = value
        elif isinstance(value, dict) and depth > 0:
            out.update(flat(value, f"{name}.", depth - 1))
        else:
            out[name] = text_of(value)
    return out


def text_of(value: Any) -> str | None:
    """A JSON value as text."""
    if value is None:
        return None
    if isinstance(value, str):
        # JSON may hold halves of surrogate pairs, which no table can.
        return value if value.isprintable() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return text_of(", ".join(str(item) for item in value))
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
