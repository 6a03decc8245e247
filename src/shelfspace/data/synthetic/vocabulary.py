"""How the shelves are described: categories with their kinds of product, features and accessories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shelfspace.data.synthetic.quantities import POOLS, Value
from shelfspace.data.synthetic.talk import WORDED
from shelfspace.data.synthetic.words import Words, table_of, words_of


def _bounded(item: str) -> tuple[str, tuple[Value, ...]]:
    """An attribute and its values, "volume" with all of them or "volume:30:100" within bounds."""
    name, *bounds = item.split(":")
    if not bounds:
        return name, tuple(WORDED[name]) if name in WORDED else POOLS[name]
    low, high = map(float, bounds)
    return name, tuple(value for value in POOLS[name] if low <= float(value) <= high)


@dataclass(frozen=True)
class Kind:
    """A kind of product: what it is called, how it may vary, what else is known of it, and a middling price.

    `values` holds what each of its attributes may be; `features` and `accessories` are row numbers of the
    category's tables, those that make sense for this kind.
    """

    category: str
    words: Words
    axes: tuple[str, ...]
    facts: tuple[str, ...]
    features: tuple[int, ...]
    accessories: tuple[int, ...]
    values: Mapping[str, tuple[Value, ...]]
    price: float

    @classmethod
    def parse(cls, category: str, line: str) -> Kind:
        """The kind of a table line: axes, facts, feature and accessory numbers, price, words.

        An attribute is written "volume", or "volume:30:100" where this kind bounds it.
        """
        axes, facts, features, accessories, price, words = line.split("|", 5)
        values = dict(_bounded(item) for item in f"{axes} {facts}".split())
        first, second = (tuple(item.split(":")[0] for item in cell.split()) for cell in (axes, facts))
        apt, fitting = (tuple(map(int, cell.split())) for cell in (features, accessories))
        return cls(category, words_of(words), first, second, apt, fitting, values, float(price))


@dataclass(frozen=True)
class Category:
    """Kinds that share features, accessories and the habit of bearing model codes."""

    name: str
    words: Words
    kinds: tuple[Kind, ...]
    features: tuple[Words, ...]
    accessories: tuple[Words, ...]
    codes: float  # share of product lines that have a model code
    code_in_title: bool
    share: float


def category_of(
    name: str,
    words: str,
    kinds: str,
    features: str,
    accessories: str = "",
    *,
    codes: float,
    code_in_title: bool = True,
    share: float,
) -> Category:
    """The category of its tables, one kind, feature or accessory a line (see `Kind.parse`)."""
    return Category(
        name,
        words_of(words),
        tuple(Kind.parse(name, line) for line in kinds.strip().splitlines()),
        table_of(features),
        table_of(accessories) if accessories.strip() else (),
        codes,
        code_in_title,
        share,
    )
