"""The makers behind the products: brands with series and codes, a pool that grows with the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from shelfspace.data.synthetic.categories import CATEGORIES
from shelfspace.data.synthetic.names import CodeHabit, Name, gtin13, invent_name
from shelfspace.data.synthetic.vocabulary import Category, Kind

#: Series that many brands use; an invented name is known by itself, these only together with the brand.
_COMMON = """
Comfort Classic Active Premium Expert Essential Natural Power Smart Eco Urban Prime Nova Vital Delta
Elite Compact Silver Royal Studio Fresh Pure Alpha Home Optima Magic Style Sense Balance Dynamic
"""
COMMON_SERIES = tuple(_COMMON.split())

_LINES_A_BRAND = 8
_OPEN_BRANDS = 4
_GTIN_PREFIXES = ("400", "405", "301", "341", "841", "690", "695", "490", "456", "500", "012", "073", "088")


@dataclass(slots=True)
class Brand:
    """A maker: its name, what it makes, its series and how it writes model codes."""

    name: Name
    company: int
    kinds: tuple[Kind, ...]
    series: list[str]
    habit: CodeHabit
    prefix: str
    legal: int
    lines: int = 0
    items: int = 0
    used: set[tuple[str, str]] = field(default_factory=set)

    def next_gtin(self, rng: Random) -> str:
        """A GTIN that the brand has given to no other item."""
        self.items += 1 + int(rng.random() * 3)
        return gtin13(self.company, self.items, self.prefix)


class Makers:
    """The pool of brands, growing with the number of lines so that names are as telling at any size."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set(COMMON_SERIES)
        self._open: dict[str, list[Brand]] = {category.name: [] for category in CATEGORIES}
        self._count = 0

    def invent_name(self) -> Name:
        """A name that no brand or series has yet."""
        return invent_name(self._rng, self._taken)

    def brand(self, category: Category) -> Brand:
        """A brand for the next line: mostly one of the few open ones, at times a new one."""
        brands = self._open[category.name]
        if brands and self._rng.random() >= 1 / _LINES_A_BRAND:
            return brands[int(self._rng.random() * len(brands))]
        brand = self._new_brand(category)
        if len(brands) < _OPEN_BRANDS:
            brands.append(brand)
        else:
            brands[int(self._rng.random() * _OPEN_BRANDS)] = brand
        return brand

    def _new_brand(self, category: Category) -> Brand:
        rng, name = self._rng, self.invent_name()
        self._count += 1
        return Brand(
            name,
            self._count,
            tuple(rng.sample(category.kinds, min(3, len(category.kinds)))),
            [self.series() for _ in range(rng.choice((2, 3)))],
            CodeHabit.invent(rng, name.latin),
            "978" if category.name == "books" else rng.choice(_GTIN_PREFIXES),
            rng.randrange(6),
        )

    def series(self) -> str:
        """A series name, invented or one of the common ones."""
        return self._rng.choice(COMMON_SERIES) if self._rng.random() < 0.35 else self.invent_name().latin
