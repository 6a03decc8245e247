"""Any number of shops with planted truth: who sells what, and what each shop's columns tell."""

from __future__ import annotations

from random import Random

import polars as pl

from shelfspace.data.synthetic.listings import LEFT, RIGHT, write_listing
from shelfspace.data.synthetic.plans import plan_listing
from shelfspace.data.synthetic.products import LANGUAGE_SHARES, Product, make_products
from shelfspace.errors import OptionError

_CROSSING = 0.08  # of the listings, the share in another language than the product's own
_COLUMNS = ("brand", "description", "color", "size", "mpn", "price")
_FULL = 0.5  # of the shops, the share that has other columns than a title at all
_FILLED = 0.7  # of these, the share that has a given one
_PRICE_SPREAD = 0.25  # shops differ in price, in what they add to it, and in when they were asked


def many_shops(
    products: int, shops: int, *, offers: float = 2.5, spread: bool = True, seed: int = 0
) -> pl.DataFrame:
    """The offers of `shops` shops for `products` products, in no order: shop, id, title, what a shop adds,
    and `product`, the truth.

    A product has `offers` offers on average, of different shops; with `spread` most have fewer and some many
    more, otherwise all have about as many. Large shops sell many of the products, small ones few; half of
    them give bare titles. The same arguments give the same table. Raises `OptionError` for numbers below 1.

    >>> many_shops(20, 3, seed=1).select("shop", "id", "product").head(1).width
    3
    """
    if products < 1 or shops < 1 or offers < 1:
        raise OptionError(
            f"{products} products of {shops} shops with {offers:g} offers each were asked for.",
            "Each of these is 1 or more.",
            "Mend them.",
        )
    rng = Random(seed)
    habits = [_Shop(rng) for _ in range(shops)]
    rows: list[tuple[str | None, ...]] = []
    for number, product in enumerate(make_products(rng, products)):
        for shop in _sellers(rng, shops, offers, spread):
            offer = habits[shop].offer(rng, product)
            rows.append((f"shop{shop}", f"{len(rows)}", *offer, f"{number}"))
    rng.shuffle(rows)
    names = ("shop", "id", "title", *_COLUMNS, "product")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")


def _sellers(rng: Random, shops: int, offers: float, spread: bool) -> list[int]:
    """Which shops sell a product; the first shops sell most."""
    if spread:
        count = 1
        while count < shops and rng.random() < 1 - 1 / offers:
            count += 1
    else:
        count = min(shops, max(1, round(offers + rng.uniform(-0.4, 0.4) * offers)))
    found: set[int] = set()
    while len(found) < count:
        found.update(rng.choices(range(shops), [1 / (2 + shop) for shop in range(shops)]))
    return sorted(found)


class _Shop:
    """How a shop writes, and which columns it has."""

    def __init__(self, rng: Random) -> None:
        self._habits = rng.choice((LEFT, RIGHT))
        full = rng.random() < _FULL
        self._columns = {name for name in _COLUMNS if full and rng.random() < _FILLED}

    def offer(self, rng: Random, product: Product) -> tuple[str | None, ...]:
        """The title of the shop's offer and its columns, nulls where it says nothing."""
        home = product.line.language
        language = home
        # A book in another language is another book.
        if product.line.category.name != "books" and rng.random() < _CROSSING:
            language = rng.choice(list(LANGUAGE_SHARES))
        listing = write_listing(
            rng, product, plan_listing(rng, product, language, language != home), self._habits
        )
        told = {
            "brand": listing.brand,
            "description": listing.description,
            "color": listing.colour,
            "size": listing.size,
            "mpn": product.code if rng.random() < 0.6 else "",
            "price": f"{product.price * rng.lognormvariate(0, _PRICE_SPREAD):.2f} EUR",
        }
        return listing.title, *((told[name] or None) if name in self._columns else None for name in _COLUMNS)
