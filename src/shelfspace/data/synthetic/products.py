"""The products behind both shops: brands, product lines, and the variants that trap a careless matcher."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from shelfspace.data.synthetic.categories import CATEGORIES
from shelfspace.data.synthetic.makers import COMMON_SERIES, Brand, Makers
from shelfspace.data.synthetic.names import Name
from shelfspace.data.synthetic.quantities import Value
from shelfspace.data.synthetic.talk import BOOK_ADJECTIVES, BOOK_NOUNS, BOOK_TITLES, BUNDLES
from shelfspace.data.synthetic.vocabulary import Category, Kind

LANGUAGE_SHARES = {"en": 0.38, "de": 0.18, "fr": 0.12, "es": 0.12, "zh": 0.1, "ja": 0.1}

_TIER_FACTORS = {"": 1.0, "Pro": 1.45, "Plus": 1.2, "Lite": 0.75, "Max": 1.7}
_PRICED = frozenset(
    {"storage", "screen", "charge", "weight", "volume", "vessel", "mass", "length", "bags", "sheets"}
)


@dataclass(slots=True)
class Line:
    """What the variants of one product share. `axes` are the attributes in which they differ."""

    category: Category
    kind: Kind
    brand: Brand
    series: str
    series_is_common: bool
    author: str
    has_code: bool
    number: int
    axes: tuple[str, ...]
    facts: dict[str, Value]
    features: tuple[int, ...]
    language: str
    price: float


@dataclass(slots=True)
class Product:
    """One thing on sale. `condition` is new, refurbished, bundle or accessory (for the line's product)."""

    line: Line
    brand: Brand
    values: dict[str, Value]
    condition: str
    extra: int
    code: str
    title_code: str
    gtin: str
    price: float


def make_products(rng: Random, count: int) -> list[Product]:
    """`count` products, the variants of one line next to each other."""
    return list(islice(_all_products(rng), count))


def _all_products(rng: Random) -> Iterator[Product]:
    makers = Makers(rng)
    while True:
        line = _make_line(rng, makers)
        members = _make_members(rng, line)
        yield from members
        yield from _make_traps(rng, makers, line, members[0])


def _make_line(rng: Random, makers: Makers) -> Line:
    category = rng.choices(CATEGORIES, [category.share for category in CATEGORIES])[0]
    brand = makers.brand(category)
    kind = rng.choice(brand.kinds)
    language = rng.choices(list(LANGUAGE_SHARES), list(LANGUAGE_SHARES.values()))[0]
    author = ""
    if category.name == "books":
        series, author = _book_title(rng, makers.invent_name(), language), _author(makers)
    else:
        series = rng.choice(brand.series)
        while (series, kind.words["en"][0]) in brand.used:
            series = makers.series()
            brand.series.append(series)
    brand.used.add((series, kind.words["en"][0]))
    brand.lines += 1
    axes = kind.axes[:1] if rng.random() < 0.45 else kind.axes[:2] if rng.random() < 0.6 else kind.axes[1:]
    return Line(
        category,
        kind,
        brand,
        series,
        series in COMMON_SERIES,
        author,
        rng.random() < category.codes,
        brand.lines,
        axes,
        {name: rng.choice(values) for name, values in kind.values.items()},
        tuple(rng.sample(kind.features, 3)),
        language,
        kind.price * rng.lognormvariate(0, 0.35),
    )


def _book_title(rng: Random, name: Name, language: str) -> str:
    noun = rng.choice(BOOK_NOUNS[language])
    text = rng.choice(BOOK_TITLES[language]).format(
        a=rng.choice(BOOK_ADJECTIVES), b=noun, n=name.written(language)
    )
    return text[0].upper() + text[1:]


def _author(makers: Makers) -> str:
    return f"{makers.invent_name().latin} {makers.invent_name().latin}"


def _make_members(rng: Random, line: Line) -> list[Product]:
    """One to four variants that differ in at least one of the line's axes."""
    wanted = rng.choices((1, 2, 3, 4), (0.32, 0.33, 0.22, 0.13))[0]
    combinations: list[dict[str, Value]] = []
    for _ in range(wanted * 4):
        values = dict(combinations[0]) if combinations else {axis: line.facts[axis] for axis in line.axes}
        if combinations:
            # Most siblings differ in one attribute only: these are the hardest to tell apart.
            for axis in line.axes if rng.random() < 0.4 else (rng.choice(line.axes),):
                values[axis] = rng.choice(line.kind.values[axis])
        if values not in combinations:
            combinations.append(values)
        if len(combinations) == wanted:
            break
    numeric = rng.random() < 0.5 and line.brand.habit.digits > 3
    return [_make_member(rng, line, values, i, numeric) for i, values in enumerate(combinations)]


def _make_member(rng: Random, line: Line, values: dict[str, Value], index: int, numeric: bool) -> Product:
    habit = line.brand.habit
    base = code = ""
    if line.has_code:
        tail = "" if numeric else _tail(values, index)
        base = habit.code(line.number, index if numeric else 0)
        code = base + tail
    in_title = code if rng.random() < 0.7 else base
    factor = 1.0
    for axis, value in values.items():
        factor *= _price_factor(line.kind, axis, value)
    price = line.price * factor
    return Product(line, line.brand, values, "new", 0, code, in_title, line.brand.next_gtin(rng), price)


def _tail(values: dict[str, Value], index: int) -> str:
    colour = values.get("colour")
    letter = str(colour)[0].upper() if colour else ""
    return letter + ("" if index == 0 else "ABCDEFGH"[index])


def _price_factor(kind: Kind, axis: str, value: Value) -> float:
    if axis == "tier":
        return _TIER_FACTORS[str(value)]
    if axis == "pack":
        return math.pow(float(value), 0.85)
    if axis in {
        "storage",
        "screen",
        "charge",
        "weight",
        "volume",
        "vessel",
        "mass",
        "length",
        "bags",
        "sheets",
    }:
        pool = kind.values[axis]
        return math.sqrt(float(value) / float(pool[len(pool) // 2]))
    return 1.0


def _make_traps(rng: Random, makers: Makers, line: Line, product: Product) -> Iterator[Product]:
    """What looks like `product` and is not: a refurbished one, a bundle with it, an accessory for it."""
    if line.category.name == "books":
        return
    code = product.code
    if rng.random() < 0.06 and line.category.accessories:
        yield _variant(rng, product, "refurbished", 0, code and f"{code}-R", 0.7)
    if rng.random() < 0.06:
        yield _variant(rng, product, "bundle", rng.randrange(len(BUNDLES)), code and f"{code}-KIT", 1.15)
    if rng.random() < 0.18 and line.kind.accessories:
        brand = line.brand if rng.random() < 0.4 else makers.brand(line.category)
        brand.lines += 1
        code = brand.habit.code(brand.lines) if rng.random() < 0.6 else ""
        extra = rng.choice(line.kind.accessories)
        price = max(4.0, line.price * rng.uniform(0.08, 0.25))
        yield Product(line, brand, {}, "accessory", extra, code, code, brand.next_gtin(rng), price)


def _variant(rng: Random, product: Product, condition: str, extra: int, code: str, factor: float) -> Product:
    return Product(
        product.line,
        product.brand,
        product.values,
        condition,
        extra,
        code,
        product.title_code,
        product.brand.next_gtin(rng),
        product.price * factor,
    )
