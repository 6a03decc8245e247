"""Shoppers with planted tastes: the products of a shop, and who viewed, carted and bought them, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.events import EVENTS_SCHEMA, Events
from shelfspace.data.synthetic.listings import LEFT, write_listing
from shelfspace.data.synthetic.plans import plan_listing
from shelfspace.data.synthetic.products import Product, make_products
from shelfspace.errors import OptionError

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]

SHOP = "shop"
_START = datetime(2025, 1, 1, tzinfo=UTC)
_DAYS = 90
_DIM = 32
_SOLD_OUT = 0.1  # of the products, the share that is out of stock
_HOME_KIND, _HOME_BRAND = 8.0, 3.0  # how much more a segment likes what is its own
_PRICE_TASTE = 0.7  # e-folds a standard deviation of log price, for the segments at both ends
_PICKS = 5.0  # products looked at in a session, on average
_STAYS = 0.8  # the chance that a pick is of the session's kind of product
_FOLLOWS = 0.3  # the chance that a pick is what follows the one before it
_CARTED, _BOUGHT = 0.25, 0.5  # of the views, the share that is put in the cart; of these, the share bought
_EVENTS_A_PICK = 1 + _CARTED + _CARTED * _BOUGHT


@dataclass(frozen=True)
class Shopping:
    """A shop, its log and the truth behind it; users are u0, u1, … and rows of products those of `catalog`.

    `segments` [n_users] says which taste a user starts with and `later` which one from half time on, another
    one for those who drift. `chances` [n_segments, n_products] are the segments' chances to pick a product,
    rows that sum to 1. `successors` [n_products] is what often follows a product within a session. `vectors`
    [n_products, 32] are unit and near for products of one kind, nearer for those of one brand as well.
    """

    catalog: Catalog
    events: Events
    segments: Int64
    later: Int64
    chances: Float32
    successors: Int64
    vectors: Float32

    @property
    def drifts(self) -> npt.NDArray[np.bool_]:
        """Whose taste changes, `[n_users]`."""
        return np.asarray(self.segments != self.later, np.bool_)


def shopping(
    n_users: int = 200,
    n_products: int = 300,
    *,
    events_each: float = 40.0,
    n_segments: int = 4,
    drifting: float = 0.2,
    seed: int = 0,
) -> Shopping:
    """A shop of `n_products` products and 90 days of events of `n_users` users, about `events_each` a user.

    A user has the taste of a segment, the share `drifting` of them another one in the second half. A segment
    likes some kinds of product, some brands and a level of price; popular products are liked by all. Users
    come in sessions about a kind of product. The same arguments give the same shop and log; the work is
    linear in the events. Raises `OptionError` for numbers below 1 and for a share that is none.

    >>> made = shopping(20, 50, seed=1)
    >>> len(made.catalog), made.events.table["user_id"].n_unique(), sorted(set(made.events.table["event"]))
    (50, 20, ['buy', 'cart', 'view'])
    """
    if min(n_users, n_products, n_segments) < 1 or events_each < 1 or not 0 <= drifting <= 1:
        raise OptionError(
            f"{n_users} users, {n_products} products, {n_segments} segments, {events_each:g} events each and "
            f"a share of {drifting:g} that drift were asked for.",
            "Numbers are 1 or more and the share is between 0 and 1.",
            "Mend them.",
        )
    rng = np.random.default_rng(seed)
    products = make_products(Random(seed), n_products)
    shelf = _Shelf.of(products, rng)
    chances = shelf.chances(n_segments, rng)
    segments = rng.integers(0, n_segments, n_users)
    moved = (segments + rng.integers(1, max(n_segments, 2), n_users)) % n_segments
    later = np.where(rng.random(n_users) < drifting, moved, segments)
    picks = _picks(shelf, chances, np.stack([segments, later]), events_each, rng)
    return Shopping(
        _catalog(products, Random(seed), rng),
        _events(picks, rng),
        segments,
        later,
        chances.astype(np.float32),
        shelf.successors,
        shelf.vectors(rng),
    )


@dataclass(frozen=True)
class _Shelf:
    """Of each product its kind and brand, its log price in standard deviations, and what follows it."""

    kinds: Int64
    brands: Int64
    prices: Float64
    successors: Int64

    @classmethod
    def of(cls, products: list[Product], rng: np.random.Generator) -> _Shelf:
        kinds = np.unique([product.line.kind.words["en"][0] for product in products], return_inverse=True)[1]
        brands = np.unique([product.brand.company for product in products], return_inverse=True)[1]
        prices = np.log([product.price for product in products])
        successors = np.arange(len(products))
        for kind in range(kinds.max() + 1):
            shuffled = rng.permutation(np.flatnonzero(kinds == kind))
            successors[shuffled] = np.roll(shuffled, 1)
        return cls(kinds, brands, (prices - prices.mean()) / max(prices.std(), 1e-9), successors)

    def chances(self, n_segments: int, rng: np.random.Generator) -> Float64:
        """Rows of chances, a segment each, for products of popularities drawn once for all."""
        own_kinds = rng.permutation(self.kinds.max() + 1) % n_segments
        own_brands = rng.permutation(self.brands.max() + 1) % n_segments
        segment = np.arange(n_segments)[:, None]
        tastes = np.linspace(-_PRICE_TASTE, _PRICE_TASTE, n_segments) if n_segments > 1 else np.zeros(1)
        liked = np.exp(rng.standard_normal(len(self.kinds)) + tastes[:, None] * self.prices)
        liked *= np.where(own_kinds[self.kinds] == segment, _HOME_KIND, 1.0)
        liked *= np.where(own_brands[self.brands] == segment, _HOME_BRAND, 1.0)
        return np.asarray(liked / liked.sum(axis=1, keepdims=True), np.float64)

    def vectors(self, rng: np.random.Generator) -> Float32:
        """A direction for each kind, half a one for each brand, and a little of its own."""
        parts = [rng.standard_normal((numbers.max() + 1, _DIM)) for numbers in (self.kinds, self.brands)]
        found = parts[0][self.kinds] + 0.5 * parts[1][self.brands]
        found += 0.3 * rng.standard_normal(found.shape)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@dataclass(frozen=True)
class _Picks:
    """The products looked at, in no order: who, which, and when in seconds from the start."""

    users: Int64
    products: Int64
    seconds: Float64


def _picks(
    shelf: _Shelf, chances: Float64, tastes: Int64, events_each: float, rng: np.random.Generator
) -> _Picks:
    """What users pick, session by session; `tastes` [2, n_users] are those of both halves."""
    n_users = tastes.shape[1]
    activity = rng.lognormal(-0.18, 0.6, n_users)  # of mean 1
    n_sessions = np.maximum(1, rng.poisson(activity * events_each / (_PICKS * _EVENTS_A_PICK)))
    users = np.repeat(np.arange(n_users), n_sessions)
    begins = np.floor(rng.random(len(users)) * _DAYS * 86_400)
    segments = tastes[(begins >= _DAYS * 43_200).astype(np.int64), users]
    lengths = rng.geometric(1 / _PICKS, len(users))
    draw = _Draw(shelf, chances)
    kinds = shelf.kinds[draw.any(segments, rng)]
    parts, current, at = [], np.zeros(len(users), np.int64), begins
    going = np.arange(len(users))
    for place in range(int(lengths.max())):
        going = going[lengths[going] > place]
        same = rng.random(len(going)) < _STAYS
        picked = draw.any(segments[going], rng)
        picked[same] = draw.of_kind(segments[going[same]], kinds[going[same]], rng)
        if place:
            follows = rng.random(len(going)) < _FOLLOWS
            picked[follows] = shelf.successors[current[going[follows]]]
        current[going] = picked
        parts.append(_Picks(users[going], picked, at[going]))
        at = at + np.floor(rng.exponential(60, len(at))) + 5
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in _Picks.__annotations__)
    return _Picks(*joined)


class _Draw:
    """Products drawn by the chances of segments, of any kind or of one, for many at once."""

    def __init__(self, shelf: _Shelf, chances: Float64) -> None:
        self._order = np.argsort(shelf.kinds, kind="stable")
        self._ends = np.cumsum(np.bincount(shelf.kinds))
        self._sums = np.cumsum(chances[:, self._order], axis=1)

    def any(self, segments: Int64, rng: np.random.Generator) -> Int64:
        """A product for each segment of `segments` [m]."""
        n = np.full(len(segments), len(self._order))
        return self._between(segments, np.zeros_like(n), n, rng)

    def of_kind(self, segments: Int64, kinds: Int64, rng: np.random.Generator) -> Int64:
        """A product of its kind for each of `segments` and `kinds`, both [m]."""
        return self._between(segments, np.append(0, self._ends)[kinds], self._ends[kinds], rng)

    def _between(self, segments: Int64, starts: Int64, ends: Int64, rng: np.random.Generator) -> Int64:
        found = np.zeros(len(segments), np.int64)
        sums = np.pad(self._sums, ((0, 0), (1, 0)))
        low, high = sums[segments, starts], sums[segments, ends]
        wanted = low + rng.random(len(segments)) * (high - low)
        for segment in range(len(sums)):
            mine = segments == segment
            found[mine] = np.searchsorted(self._sums[segment], wanted[mine], side="right")
        return self._order[np.clip(found, starts, ends - 1)]


def _events(picks: _Picks, rng: np.random.Generator) -> Events:
    """The picks as views, some of which go on to the cart and some of these to the till."""
    carted = rng.random(len(picks.users)) < _CARTED
    bought = carted & (rng.random(len(picks.users)) < _BOUGHT)
    parts = []
    for event, kept, delay in (("view", np.ones_like(carted), 0), ("cart", carted, 2), ("buy", bought, 4)):
        numbers = {"user": picks.users[kept], "product": picks.products[kept]}
        numbers["at"] = ((picks.seconds[kept] + delay) * 1e6).astype(np.int64)
        parts.append(pl.DataFrame(numbers).with_columns(pl.lit(event).alias("event")))
    log = pl.concat(parts).sort("at", "user", maintain_order=True)
    columns = {
        "user_id": pl.format("u{}", "user"),
        "shop": pl.lit(SHOP),
        "id": pl.format("p{}", "product"),
        "event": pl.col("event"),
        "timestamp": pl.lit(_START).cast(EVENTS_SCHEMA["timestamp"]) + pl.duration(microseconds="at"),
        "value": pl.lit(None, dtype=pl.Float64),
    }
    return Events(log.select(value.alias(name).cast(EVENTS_SCHEMA[name]) for name, value in columns.items()))


def _catalog(products: list[Product], words: Random, rng: np.random.Generator) -> Catalog:
    """The products as an English shop lists them, in the order given."""
    listings = [
        write_listing(words, product, plan_listing(words, product, "en", product.line.language != "en"), LEFT)
        for product in products
    ]
    stock = np.where(rng.random(len(products)) < _SOLD_OUT, "out of stock", "in stock")
    columns = {
        "shop": [SHOP] * len(products),
        "id": [f"p{row}" for row in range(len(products))],
        "title": [listing.title for listing in listings],
        "description": [listing.description or None for listing in listings],
        "brand": [product.brand.name.latin for product in products],
        "price": [round(product.price, 2) for product in products],
        "currency": ["EUR"] * len(products),
        "product_type": [_path(product) for product in products],
        "color": [listing.colour or None for listing in listings],
        "size": [listing.size or None for listing in listings],
        "availability": stock.tolist(),
    }
    return Catalog.from_table(pl.DataFrame(columns))


def _path(product: Product) -> str:
    category, kind = product.line.category.words["en"][0], product.line.kind.words["en"][0]
    return f"{category} > {kind.capitalize()}"
