"""Which kind of evidence a column of the pair scorer belongs to, in the words that users read."""

from __future__ import annotations

#: The first entry that occurs in a column's name decides.
_KINDS = (
    ("prior", "what other shops taught"),
    ("known", "known matches"),
    ("photo", "photos"),
    ("margin", "standing among rivals"),
    ("rank", "standing among rivals"),
    ("details", "named details"),
    ("gtin", "GTIN"),
    ("code", "model codes"),
    ("mpn", "model codes"),
    ("number", "numbers and measures"),
    ("measure", "numbers and measures"),
    ("price", "price"),
    ("brand", "brand"),
    ("category", "category"),
    ("color", "color and size"),
    ("size", "color and size"),
    ("learned", "learned nearness"),
)


def kind_of(column: str) -> str:
    """The kind of evidence that a column is: "wording" for whatever compares words and letters.

    >>> kind_of("left code missing"), kind_of("name ratio")
    ('model codes', 'wording')
    """
    return next((kind for part, kind in _KINDS if part in column), "wording")
