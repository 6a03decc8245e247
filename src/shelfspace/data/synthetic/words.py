"""Tables of words in six languages, one concept a line.

The languages of `LANGUAGES` stand in that order, separated by "|"; synonyms within a language are separated
by "/". A shop draws one synonym, so two listings often use different words.
"""

from __future__ import annotations

LANGUAGES = ("en", "de", "fr", "es", "zh", "ja")

#: The words of one concept: by language, the synonyms to draw from.
Words = dict[str, tuple[str, ...]]


def words_of(line: str) -> Words:
    """The synonyms by language of one table line."""
    cells = [cell.strip() for cell in line.split("|")]
    return {
        language: tuple(word.strip() for word in cell.split("/"))
        for language, cell in zip(LANGUAGES, cells, strict=True)
    }


def table_of(text: str) -> tuple[Words, ...]:
    """The lines of a table."""
    return tuple(words_of(line) for line in text.strip().splitlines())
