"""What a query names exactly: a product's id, gtin or mpn, or a model code in its name."""

from __future__ import annotations

import re

import polars as pl

from shelfspace.encoders.tokens import normalise

_IDENTIFIERS = ("id", "gtin", "mpn")
#: What is added to the relevance of a product whose name holds a rare code, or whose identifier was given.
CODE, IDENTIFIER = 1.0, 2.0
_SHORT = 5  # words of a query that asks for its code; in a longer one it is a sign among others


def asks_for_code(text: str) -> bool:
    """Whether a query is so short that a code in it must be what is wanted."""
    return len(text.split()) <= _SHORT


def identifiers_of(table: pl.DataFrame) -> dict[str, list[int]]:
    """The rows of every id, gtin and mpn, however it is written."""
    found: dict[str, list[int]] = {}
    for name in _IDENTIFIERS:
        for row, value in enumerate(table[name]):
            if value is not None and (key := bare(value)):
                found.setdefault(key, []).append(row)
    return found


def bare(identifier: str) -> str:
    """An identifier without what shops put between its characters, and without a GTIN's leading zeros.

    >>> bare("0017-8178 35022"), bare("WH-1000XM4")
    ('17817835022', 'wh1000xm4')
    """
    return re.sub(r"[\W_]", "", normalise(identifier)).lstrip("0")
