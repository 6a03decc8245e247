"""Two shops' raw feeds with planted truth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from shelfspace.data.synthetic.listings import LEFT, RIGHT, write_listing
from shelfspace.data.synthetic.names import respell_code
from shelfspace.data.synthetic.noise import escape_entities, write_gtin
from shelfspace.data.synthetic.plans import Shown, plan_listing, plan_pair
from shelfspace.data.synthetic.products import LANGUAGE_SHARES, Product, make_products
from shelfspace.errors import OptionError

LEFT_COLUMNS = (
    *("sku", "name", "manufacturer", "ean", "mpn", "price"),
    *("category", "description", "availability", "image_url"),
)
RIGHT_COLUMNS = (
    *("product_id", "product_title", "brand", "gtin", "modelno", "price", "currency"),
    *("colour", "size", "product_type", "summary", "stock"),
)

_RATES = {"EUR": 1.0, "USD": 1.09, "GBP": 0.85, "JPY": 162.0, "CNY": 7.85}
_CROSSING = 0.08


@dataclass(frozen=True)
class TwoShops:
    """Two raw feeds and which of their rows are one product.

    `left` and `right` hold text as the shops export it, nulls where they say nothing; `truth` has `left_id`
    (the left `sku`), `right_id` (the right `product_id`) and `kind`: languages, category and the nearest
    trap, such as "de-en/tools/volt" or "ja/grocery/none".
    """

    left: pl.DataFrame
    right: pl.DataFrame
    truth: pl.DataFrame

    def write(self, folder: str | Path) -> tuple[Path, Path, Path]:
        """The paths of `left.csv`, `right.jsonl` and `truth.csv`, written into `folder`."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / "left.csv", folder / "right.jsonl", folder / "truth.csv"
        self.left.write_csv(paths[0])
        self.right.write_ndjson(paths[1])
        self.truth.write_csv(paths[2])
        return paths


def two_shops(size: int = 4000, *, seed: int = 0, overlap: float = 0.6) -> TwoShops:
    """Two feeds of `size` products each, the share `overlap` of which both shops sell.

    The same arguments give the same feeds. Raises `OptionError` where `size` is negative or `overlap` is
    not between 0 and 1. A `size` of 0 gives empty tables with all columns.

    >>> shops = two_shops(50, seed=1)
    >>> shops.left.height, shops.right.height, shops.truth.height
    (50, 50, 30)
    """
    if size < 0 or not 0 <= overlap <= 1:
        raise OptionError(
            f"A size of {size} and an overlap of {overlap} were given.",
            "The size is 0 or more and the overlap between 0 and 1.",
            "Choose them within these bounds.",
        )
    rng = Random(seed)
    shared = round(size * overlap)
    products = make_products(rng, 2 * size - shared)
    roles = ["both"] * shared + ["left"] * (size - shared) + ["right"] * (size - shared)
    rng.shuffle(roles)
    left_ids, right_ids = (_shuffled(rng, size) for _ in range(2))
    left: list[tuple[Any, ...]] = []
    right: list[tuple[Any, ...]] = []
    truth: list[tuple[str, str, str]] = []
    for product, role, trap in zip(products, roles, _near_traps(products), strict=True):
        shown_left, shown_right = _plans(rng, product, role)
        if shown_left:
            left.append(_left_row(rng, product, shown_left, f"{100_000 + left_ids[len(left)]}"))
        if shown_right:
            right.append(_right_row(rng, product, shown_right, f"P{right_ids[len(right)]:07d}"))
        if shown_left and shown_right:
            truth.append((left[-1][0], right[-1][0], _kind(product, shown_left, shown_right, trap)))
    return TwoShops(
        _table(left, LEFT_COLUMNS),
        _table(right, RIGHT_COLUMNS),
        _table(truth, ("left_id", "right_id", "kind")),
    )


def _shuffled(rng: Random, size: int) -> list[int]:
    numbers = list(range(size))
    rng.shuffle(numbers)
    return numbers


def _table(rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> pl.DataFrame:
    """The rows ordered by their key, so that the order tells nothing of the truth."""
    table = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String()), orient="row")
    return table.sort(columns[0])


def _plans(rng: Random, product: Product, role: str) -> tuple[Shown | None, Shown | None]:
    home = product.line.language
    if role == "left":
        return plan_listing(rng, product, home, False), None
    if role == "right":
        return None, plan_listing(rng, product, home, False)
    other = home
    # A book in another language is another book.
    if product.line.category.name != "books" and rng.random() < _CROSSING:
        other = rng.choice([language for language in LANGUAGE_SHARES if language != home])
    return plan_pair(rng, product, home, other)


def _near_traps(products: list[Product]) -> list[str]:
    """For each product the attribute or condition in which its nearest sibling differs, or none."""
    by_line: dict[int, list[int]] = {}
    for i, product in enumerate(products):
        by_line.setdefault(id(product.line), []).append(i)
    return [_near_trap(product, [products[j] for j in by_line[id(product.line)]]) for product in products]


def _near_trap(product: Product, siblings: list[Product]) -> str:
    ranked = []
    for other in siblings:
        if other is product:
            continue
        if other.condition != product.condition:
            special = other.condition if product.condition == "new" else product.condition
            ranked.append((1 + (special == "accessory"), special))
        else:
            differing = [axis for axis in product.values if product.values[axis] != other.values.get(axis)]
            ranked.append((len(differing), differing[0] if differing else other.condition))
    return min(ranked)[1] if ranked else "none"


def _kind(product: Product, left: Shown, right: Shown, trap: str) -> str:
    languages = left.language if left.language == right.language else f"{left.language}-{right.language}"
    return f"{languages}/{product.line.category.name}/{trap}"


def _maybe(rng: Random, chance: float, text: str) -> str | None:
    """The text, or with `1 - chance` nothing; nothing for the empty text as well."""
    return text if rng.random() < chance and text else None


def _left_row(rng: Random, product: Product, shown: Shown, identifier: str) -> tuple[Any, ...]:
    listing = write_listing(rng, product, shown, LEFT)
    name = escape_entities(rng, listing.title) if rng.random() < 0.3 else listing.title
    description = f"<p>{listing.description}</p>" if rng.random() < 0.3 else listing.description
    category = product.line.category
    path = f"{category.words['en'][0]} > {product.line.kind.words['en'][0].capitalize()}"
    return (
        identifier,
        name,
        listing.brand or None,
        _maybe(rng, 0.45, write_gtin(rng, product.gtin)),
        _maybe(rng, 0.6, product.code),
        _left_price(rng, product.price),
        _maybe(rng, 0.9, path),
        (listing.description and description) or None,
        rng.choice(("in stock", "in stock", "out of stock")),
        f"https://left.example/img/{identifier}.jpg",
    )


def _right_row(rng: Random, product: Product, shown: Shown, identifier: str) -> tuple[Any, ...]:
    listing = write_listing(rng, product, shown, RIGHT)
    code = respell_code(rng, product.code) if rng.random() < 0.3 else product.code
    price, currency = _right_price(rng, product.price, shown.language)
    return (
        identifier,
        listing.title,
        listing.brand or None,
        _maybe(rng, 0.45, write_gtin(rng, product.gtin)),
        _maybe(rng, 0.6, code),
        price,
        currency,
        listing.colour or None,
        listing.size or None,
        _maybe(rng, 0.8, product.line.category.words[shown.language][0]),
        listing.description or None,
        rng.choice(("yes", "yes", "no")),
    )


def _shop_price(rng: Random, price: float) -> float:
    """The price one shop asks: within 7 % of the middling price, so within 15 % of the other shop's."""
    asked = price * (0.93 + 0.14 * rng.random())
    return max(0.49, math.floor(asked) + 0.99 if asked > 5 else round(asked, 2))


def _left_price(rng: Random, price: float) -> str | None:
    asked, draw = _shop_price(rng, price), rng.random()
    if draw < 0.02:
        return None
    if draw < 0.65:
        return f"{asked:,.2f}".translate(str.maketrans(",.", ".,")) + " €"
    return f"EUR {asked:,.2f}" if draw < 0.85 else f"{asked * _RATES['USD']:.2f} USD"


def _right_price(rng: Random, price: float, language: str) -> tuple[str | None, str]:
    currency = {"zh": "CNY", "ja": "JPY", "en": "USD" if rng.random() < 0.7 else "GBP"}.get(language, "EUR")
    asked = _shop_price(rng, price) * _RATES[currency]
    if rng.random() < 0.02:
        return None, currency
    if currency == "JPY":
        return f"{round(asked, -1):,.0f}", currency
    if currency == "EUR":
        return f"{asked:.2f}".replace(".", ","), currency
    return f"{asked:,.2f}", currency
