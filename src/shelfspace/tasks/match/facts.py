"""What a listing states that two can agree or differ in: codes, numbers, measures, brand, price."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.packs import wholes
from shelfspace.data.cleaning.sizes import plain_size
from shelfspace.data.cleaning.units import quantities
from shelfspace.data.schema import ALIAS
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import Int64, normalise
from shelfspace.tasks.match.details import Details
from shelfspace.views.evidence import trade_item_numbers

# A code ends where a script without spaces begins: 索尼WH-1000XM4耳机 holds one.
_CODE_PIECE = r"[^\W_\u0e00-\u0eff\u3040-\u9fff\uf900-\ufaff]+"
_CHUNK = re.compile(rf"{_CODE_PIECE}(?:[-/.+]{_CODE_PIECE})*")
_PIECE = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ROMAN = {
    "ii": 2.0,
    "iii": 3.0,
    "iv": 4.0,
    "vi": 6.0,
    "vii": 7.0,
    "viii": 8.0,
    "ix": 9.0,
    "xi": 11.0,
    "xii": 12.0,
}

Fact = TypeVar("Fact")


def codes_of(text: str) -> frozenset[str]:
    """The model codes of a normalised text, without what joins their parts.

    A code has a digit, and letters too or four digits and more.

    >>> sorted(codes_of("sony kx-t5500b 250 gb 12345"))
    ['12345', 'kxt5500b', 't5500b']
    """
    found = set()
    for chunk in _CHUNK.findall(text):
        pieces = _PIECE.findall(chunk)
        for candidate in {"".join(pieces), *pieces}:
            if len(candidate) >= 3 and not candidate.isalpha() and any(c.isdigit() for c in candidate):
                letters = any(c.isalpha() for c in candidate)
                if letters or len(candidate) >= 4:
                    found.add(candidate)
    return frozenset(found)


def numbers_of(text: str) -> frozenset[float]:
    """The numbers of a normalised text; Roman numerals from 2 to 12 too, but the ambiguous v and x."""
    found = {float(number.replace(",", ".")) for number in _NUMBER.findall(text)}
    found.update(_ROMAN[word] for word in text.split() if word in _ROMAN)
    return frozenset(found)


def measures_of(text: str) -> frozenset[tuple[str, float]]:
    """The measures of a text in base units, a multipack's whole too: (unit, value), three digits of it."""
    parts = quantities(text)
    found = [*parts, *wholes(text, parts)] if len(parts) > 1 else parts
    return frozenset((q.unit, float(f"{q.value:.3g}")) for q in found)


def squashed(text: str) -> str:
    """The text's letters and digits alone."""
    return "".join(_PIECE.findall(text))


@dataclass(frozen=True)
class Facts:
    """The facts of the listings that a match looks at; `place[row]` is where a row's facts stand."""

    place: Int64
    names: list[str]
    everything: list[str]
    brands: list[str]
    types: list[str]
    colors: list[str]
    sizes: list[str]
    codes: list[frozenset[str]]
    all_codes: list[frozenset[str]]
    code_idf: dict[str, float]
    numbers: list[frozenset[float]]
    all_numbers: list[frozenset[float]]
    measures: list[frozenset[tuple[str, float]]]
    squashed_names: list[str]
    squashed: list[str]
    prices: npt.NDArray[np.float64]
    currencies: npt.NDArray[np.str_]
    gtins: list[str]
    mpns: list[str]
    details: Details

    @classmethod
    def of(cls, catalog: Catalog, listings: Listings, rows: Int64) -> Facts:
        """The facts of the listings at `rows`; about 50 microseconds each."""
        rows = np.unique(rows)
        place = np.full(len(catalog), -1, np.int64)
        place[rows] = np.arange(len(rows))
        names = [listings.names[row] for row in rows]
        everything = [f"{listings.names[row]} {listings.details[row]}" for row in rows]
        codes, all_codes = _each(codes_of, names), _each(codes_of, everything)
        table = catalog.table[rows]

        def column(name: str) -> list[str]:
            return _each(cache(normalise), table[name].fill_null("").to_list())

        return cls(
            place,
            names,
            everything,
            _brands(table),
            column("product_type"),
            column("color"),
            _each(cache(plain_size), column("size")),
            codes,
            all_codes,
            _idf([one | other for one, other in zip(codes, all_codes, strict=True)]),
            _each(numbers_of, names),
            _each(numbers_of, everything),
            _each(measures_of, everything),
            _each(squashed, names),
            _each(squashed, everything),
            table.select(pl.col("price").fill_null(float("nan"))).to_series().to_numpy(),
            np.array(table["currency"].fill_null("").to_list(), np.str_),
            trade_item_numbers(catalog)[rows].fill_null("").to_list(),
            _each(lambda text: squashed(normalise(text)), table["mpn"].fill_null("").to_list()),
            Details(table["product_detail"].fill_null("").to_list()),
        )


def _brands(table: pl.DataFrame) -> list[str]:
    """The brands, each with the listing's aliases: 兰芝 and Laneige agree where the feeds have taught so."""
    brand = pl.col("brand")
    others = [pl.col(ALIAS)] if ALIAS in table.columns else []
    text = pl.when(brand.fill_null("") != "").then(
        pl.concat_str(brand, *others, separator=" ", ignore_nulls=True)
    )
    return _each(cache(normalise), table.select(text.fill_null("").alias("brand"))["brand"].to_list())


def _idf(facts: Sequence[frozenset[str]]) -> dict[str, float]:
    """log(1 + listings / listings with the fact) of every fact."""
    counts = Counter(chain.from_iterable(facts))
    return {fact: math.log1p(len(facts) / count) for fact, count in counts.items()}


def _each(find: Callable[[str], Fact], texts: Sequence[str]) -> list[Fact]:
    return [find(text) for text in texts]
