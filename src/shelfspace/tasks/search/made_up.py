"""Queries made from the listings themselves: a few words of a name, as somebody in a hurry types them."""

from __future__ import annotations

import re
from random import Random

import numpy as np

from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.search.bm25 import Bm25
from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.signals import Reader
from shelfspace.views.text import code_form, typo, unit_form

_WORD = re.compile(r"\w[\w.,/-]*\w")
_WORDS = (1, 4)  # of a query
_TYPO = 0.4
_MOST_FITTING = 200  # products that have all the words; a query of more says nothing
_TRIES = 4


def made_up_queries(reader: Reader, count: int, *, seed: int = 0) -> Judged:
    """Up to `count` queries of one to four words of a listing's name; each product with all of them fits.

    Two in five have a slip of the keys; measures and codes may be written otherwise.
    """
    draw = Random(seed)
    texts: list[str] = []
    fitting: list[Int64] = []
    names = reader.listings.names
    for _ in range(_TRIES * count if len(names) else 0):
        words = list(dict.fromkeys(_WORD.findall(names[draw.randrange(len(names))])))
        if not words or len(texts) == count:
            continue
        n = min(draw.randint(*_WORDS), len(words))
        said = " ".join(words[place] for place in sorted(draw.sample(range(len(words)), n)))
        rows = with_all_words(reader.words, said)
        if not 0 < len(rows) <= _MOST_FITTING:
            continue
        text = code_form(unit_form(said, draw), draw)
        texts.append(typo(text, draw) if draw.random() < _TYPO else text)
        fitting.append(rows)
    return Judged.of(texts, fitting)


def with_all_words(words: Bm25, text: str) -> Int64:
    """The rows whose name holds every word of a text, ascending."""
    found: Int64 | None = None
    for rows in words.rows_named(text):
        found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
    return np.zeros(0, np.int64) if found is None else found
