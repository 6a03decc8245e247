"""What only one of two titles says, marked for the eye."""

from __future__ import annotations

import re
import unicodedata

from shelfspace.report.markup import Html, element, join

#: A word, a sign of an unsegmented script, a gap.
_PIECE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+|\s+")


def only_here(title: str, other: str) -> Html:
    """The title with the words marked that `other` does not have, in whatever case and spelling of codes.

    Nothing is marked where nearly everything would be, as between two languages.

    >>> only_here("Velora KX-55 64GB", "velora kx55 128GB")
    'Velora KX-55 <mark>64GB</mark>'
    """
    if not title:
        return Html("<i>no title</i>")
    told = told_apart(title, other)
    return _marked([piece for piece, _ in told], [new for _, new in told])


def told_apart(title: str, other: str) -> list[tuple[str, bool]]:
    """The words and gaps of the title, each with whether it is a word that `other` does not have.

    None is where nearly all would be, as between two languages.

    >>> told_apart("KX-55 64GB", "kx55 128GB")
    [('KX-55', False), (' ', False), ('64GB', True)]
    """
    pieces = _PIECE.findall(title)
    keys = [_plain(piece) for piece in pieces]
    new = _new_words(keys, other)
    if sum(len(key) for key, marked in zip(keys, new, strict=True) if marked) > 0.7 * sum(map(len, keys)):
        new = [False] * len(pieces)
    return list(zip(pieces, new, strict=True))


def _new_words(keys: list[str], other: str) -> list[bool]:
    """Which keys `other` lacks; a short one, such as a unit or a sign, is looked up with a neighbour."""
    text = _plain(other)
    words = {word for word in map(_plain, _PIECE.findall(other)) if word.isascii()}
    said = [i for i, key in enumerate(keys) if key]
    new = [False] * len(keys)
    for place, i in enumerate(said):
        before, after = (keys[said[j]] if 0 <= j < len(said) else " " for j in (place - 1, place + 1))
        parts = (keys[i],) if len(keys[i]) > 2 else (before + keys[i], keys[i] + after)
        new[i] = keys[i] not in words and not any(part in text for part in parts)
    return new


def _plain(text: str) -> str:
    """The letters and digits alone, in one case and width."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _marked(pieces: list[str], new: list[bool]) -> Html:
    """The pieces joined, those that are `new` marked, neighbours under one mark with the gap between."""
    parts: list[str] = []
    run: list[str] = []
    for i, piece in enumerate(pieces):
        between = run and piece.isspace() and i + 1 < len(pieces) and new[i + 1]
        if new[i] or between:
            run.append(piece)
            continue
        parts += [element("mark", "".join(run)), piece] if run else [piece]
        run = []
    return join([*parts, element("mark", "".join(run))] if run else parts)
