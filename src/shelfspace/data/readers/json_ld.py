"""Products in schema.org JSON-LD, alone or inside an HTML page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

_SCRIPT = re.compile(
    r"""<script\b[^>]*type\s*=\s*["']?application/ld\+json["']?[^>]*>(.*?)(?:</script\s*>|\Z)""",
    re.IGNORECASE | re.DOTALL,
)
_PRODUCTS = {"Product", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car", "Book"}
_GROUPS = {"ProductGroup"}
_OFFERS = {"Offer", "AggregateOffer", "OfferForPurchase"}
_DEPTH = 12
_GTINS = ("gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn")


def scripts(page: str) -> list[str]:
    """The JSON-LD texts in an HTML page; the last one may be cut off."""
    return [match[1].strip().removeprefix("<!--").removesuffix("-->") for match in _SCRIPT.finditer(page)]


def is_json_ld(value: dict[str, Any]) -> bool:
    """Whether a JSON object is JSON-LD."""
    return "@type" in value or "@graph" in value or "@context" in value


def json_ld_products(value: Any, depth: int = _DEPTH) -> Iterator[dict[str, Any]]:
    """The products anywhere in a JSON-LD value, as records with Merchant attribute names."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from json_ld_products(item, depth - 1)
    elif isinstance(value, dict):
        types = _types(value)
        if types & _GROUPS and _list(value.get("hasVariant")):
            yield from _variants(value)
        elif types & (_PRODUCTS | _GROUPS):
            yield _product(value)
        elif types & _OFFERS and isinstance(value.get("itemOffered"), dict):
            yield _product(value["itemOffered"] | {"offers": value})
        else:
            for key in (
                "@graph",
                "itemListElement",
                "item",
                "mainEntity",
                "mainEntityOfPage",
                "itemOffered",
                "hasPart",
            ):
                yield from json_ld_products(value.get(key), depth - 1)


def _variants(group: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shared = {key: item for key, item in _product(group).items() if key not in ("id", "gtin", "price", "mpn")}
    shared["item_group_id"] = (
        _text(group.get("productGroupID")) or _text(group.get("@id")) or _text(group.get("url"))
    )
    for variant in _list(group["hasVariant"]):
        if isinstance(variant, dict):
            yield shared | {key: item for key, item in _product(variant).items() if item is not None}


def _product(value: dict[str, Any]) -> dict[str, Any]:
    offer = _offer(value)
    specification = offer.get("priceSpecification")
    price = next((item for item in _list(specification) if isinstance(item, dict)), {})
    link = _text(value.get("url")) or _text(offer.get("url"))
    first = {
        "id": _text(value.get("sku")) or _text(value.get("productID")) or _text(offer.get("sku")),
        "title": _text(value.get("name")),
        "description": _text(value.get("description")),
        "brand": _text(value.get("brand")) or _text(value.get("manufacturer")),
        "gtin": next(
            (text for key in _GTINS if (text := _text(value.get(key)) or _text(offer.get(key)))), None
        ),
        "mpn": _text(value.get("mpn")) or _text(value.get("model")),
        "price": next(
            (
                text
                for item in (offer.get("price"), offer.get("lowPrice"), price.get("price"))
                if (text := _text(item))
            ),
            None,
        ),
        "currency": _text(offer.get("priceCurrency")) or _text(price.get("priceCurrency")),
        "link": link or (value.get("@id") if str(value.get("@id", "")).startswith("http") else None),
        "image_link": _text(value.get("image")),
        "product_type": _text(value.get("category")),
        "color": _text(value.get("color")),
        "size": _text(value.get("size")),
        "item_group_id": _text(value.get("inProductGroupWithID")),
        "availability": (_text(offer.get("availability")) or "").rpartition("/")[2] or None,
        "shop": _text(offer.get("seller")),
    }
    return {key: html.unescape(item) if isinstance(item, str) else item for key, item in first.items()}


def _offer(value: dict[str, Any]) -> dict[str, Any]:
    """The first offer of a product; that of an aggregate gives what the aggregate leaves out."""
    offers = [item for item in _list(value.get("offers")) if isinstance(item, dict)]
    if not offers:
        return {}
    inner = [item for item in _list(offers[0].get("offers")) if isinstance(item, dict)]
    return (inner[0] if inner else {}) | offers[0]


def _types(value: dict[str, Any]) -> set[str]:
    return {str(item).rpartition("/")[2].rpartition(":")[2] for item in _list(value.get("@type"))}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str | None:
    """The text of a property: of its first value, and of a thing its name, address or id."""
    if isinstance(value, list):
        return next((text for item in value if (text := _text(item))), None)
    if isinstance(value, dict):
        keys = ("@value", "name", "contentUrl", "url", "@id", "value")
        return next((text for key in keys if (text := _text(value.get(key)))), None)
    return None if value is None else str(value)
