"""Queries made from the listings themselves: a few words of them, as somebody in a hurry types them."""

from __future__ import annotations

import re
from random import Random

import numpy as np
import polars as pl

from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.search.bm25 import Bm25
from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.signals import Reader
from shelfspace.views.text import code_form, typo, unit_form

_WORD = re.compile(r"\w[\w.,/-]*\w")
_WORDS = (1, 4)  # of a query
_TYPO = 0.4
_ATTRIBUTE = 1 / 3  # of the queries name what the product is, where its feed says so
_ATTRIBUTES = ("product_type", "google_product_category", "color", "size", "product_detail")
_PARTS = re.compile(r"[;>|/\n]")
_MOST_FITTING = 200  # products that have all the words; a query of more says nothing
_TRIES = 4


def made_up_queries(reader: Reader, count: int, *, seed: int = 0) -> Judged:
    """Up to `count` queries of one to four words of a listing; each product with all of them fits.

    Two in three are words of its name, which must stand in the names of those that fit; the third asks for an
    attribute (category, colour, size, a detail), alone or beside a word of the name, and then they may stand
    anywhere. Two in five have a slip of the keys; measures and codes may be written otherwise.
    """
    draw = Random(seed)
    texts: list[str] = []
    fitting: list[Int64] = []
    names, stated = reader.listings.names, _stated(reader)
    for _ in range(_TRIES * count if len(names) else 0):
        if len(texts) == count:
            break
        row = draw.randrange(len(names))
        words = list(dict.fromkeys(_WORD.findall(names[row])))
        attributes = stated[row] if draw.random() < _ATTRIBUTE else []
        if attributes:
            said = " ".join([*_drawn(words, draw.randint(0, 2), draw), draw.choice(attributes)])
        else:
            said = " ".join(_drawn(words, draw.randint(*_WORDS), draw))
        rows = with_all_words(reader.words, said, named=not attributes)
        if not 0 < len(rows) <= _MOST_FITTING:
            continue
        text = code_form(unit_form(said, draw), draw)
        texts.append(typo(text, draw) if draw.random() < _TYPO else text)
        fitting.append(rows)
    return Judged.of(texts, fitting)


def with_all_words(words: Bm25, text: str, *, named: bool = True) -> Int64:
    """The rows that hold every word of a text, in their name if `named`, ascending."""
    found: Int64 | None = None
    for rows in words.rows_with(text, named=named):
        found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
    return np.zeros(0, np.int64) if found is None else found


def _drawn(words: list[str], n: int, draw: Random) -> list[str]:
    """Up to n of the words, in their order."""
    places = sorted(draw.sample(range(len(words)), min(n, len(words))))
    return [words[place] for place in places]


def _stated(reader: Reader) -> list[list[str]]:
    """What each listing states of itself, part by part: "shoes", "sandals" of "Shoes > Sandals"."""
    columns = [pl.col(name).fill_null("") for name in _ATTRIBUTES]
    cells = reader.space.catalog.table.select(pl.concat_str(columns, separator=";")).to_series()
    return [
        [value for part in _PARTS.split(cell) if (value := part.rpartition(":")[2].strip().lower())]
        for cell in cells
    ]
