"""Price and categories as vectors: alike where prices are of one size and categories share their names."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product.common_space import unit

_PRICE_STEPS = np.linspace(-3, 3, 13)  # of standard deviations of the logarithm
_STEP_WIDTH = 0.5
_DIM = 64  # directions onto which the names of categories are thrown
_FEWEST_PRICES = 10  # of a currency, to say what is usual in it


@dataclass(frozen=True)
class Facts:
    """What prices are usual in each currency, and how many products each name of a category has.

    `prices` gives the mean and the standard deviation of the logarithm for each currency.
    """

    prices: dict[str, tuple[float, float]]
    categories: dict[str, int]
    n: int

    @classmethod
    def fit(cls, listings: Listings) -> Facts:
        """What these listings' prices and categories are like."""
        logs: dict[str, list[float]] = defaultdict(list)
        for price in listings.prices or ():
            if price is not None and price[0] > 0:
                logs[price[1]].append(float(np.log(price[0])))
        usual = {
            currency: (float(np.mean(found)), max(float(np.std(found)), 1e-3))
            for currency, found in logs.items()
            if len(found) >= _FEWEST_PRICES
        }
        counts = Counter(name for path in listings.categories or () for name in set(names_of(path)))
        return cls(usual, dict(sorted(counts.items())), len(listings))

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return len(_PRICE_STEPS) + _DIM

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]` of price and categories; zero where neither is known."""
        return unit(np.hstack([self._of_prices(listings), self._of_categories(listings)]))

    def _of_prices(self, listings: Listings) -> Vectors:
        vectors = np.zeros((len(listings), len(_PRICE_STEPS)), np.float32)
        for row, price in enumerate(listings.prices or ()):
            if price is not None and price[0] > 0 and price[1] in self.prices:
                mean, deviation = self.prices[price[1]]
                place = np.clip((np.log(price[0]) - mean) / deviation, -3, 3)
                vectors[row] = np.exp(-(((place - _PRICE_STEPS) / _STEP_WIDTH) ** 2) / 2)
        return unit(vectors)

    def _of_categories(self, listings: Listings) -> Vectors:
        directions = {name: _direction(name) * self._worth(name) for name in self.categories}
        vectors = np.zeros((len(listings), _DIM), np.float32)
        for row, path in enumerate(listings.categories or ()):
            for name in set(names_of(path)) & directions.keys():
                vectors[row] += directions[name]
        return unit(vectors)

    def _worth(self, name: str) -> float:
        return float(np.log1p(self.n / self.categories[name]))


def names_of(path: str) -> list[str]:
    """The names along a path of categories such as "shoes > sandals".

    >>> names_of("home > kitchen, dining|home")
    ['home', 'kitchen, dining', 'home']
    """
    return [name.strip() for part in path.split("|") for name in part.split(">") if name.strip()]


def _direction(name: str) -> npt.NDArray[np.float32]:
    """A random unit direction that depends on the name alone."""
    import hashlib

    seed = int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8], "big")
    drawn = np.random.default_rng(seed).standard_normal(_DIM)
    return np.asarray(drawn / np.linalg.norm(drawn), np.float32)
