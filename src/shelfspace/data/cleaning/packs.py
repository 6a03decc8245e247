"""What a multipack holds in all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from shelfspace.data.cleaning.units import Quantity

_ADDS_UP = frozenset(("g", "ml", "mb", "wh"))
# 50g*3, 3×50 g, "10片/盒*6盒"; the count of "330ml x 6" holds the sign itself.
_TIMES = re.compile(r"\s*(?:/\s*[片包盒瓶件袋支只个卷罐箱条]\s*)?[x×*✕✖Ｘｘ＊]\s*", re.IGNORECASE)


def wholes(text: str, parts: Sequence[Quantity]) -> list[Quantity]:
    """The measure of the whole for each multiplication among the `quantities` of `text`, left to right.

    Counts times one weight, volume, memory or energy give that ("50g*3袋": 150 g), counts times counts a
    count ("6盒×10片": 60 piece). Sides of a box multiply to nothing. Empty where nothing is multiplied.

    >>> from shelfspace.data.cleaning.units import quantities
    >>> [whole[:2] for whole in wholes("50g*3袋", quantities("50g*3袋"))]
    [(150.0, 'g')]
    """
    found: list[Quantity] = []
    chain: list[Quantity] = []
    for part in parts:
        if chain and not _multiplied(text, chain[-1], part):
            found.extend(_whole(chain))
            chain = []
        chain.append(part)
    return [*found, *_whole(chain)]


def _multiplied(text: str, one: Quantity, other: Quantity) -> bool:
    between = text[one.end : other.start]
    if _TIMES.fullmatch(between):
        return True
    return not between.strip() and text[other.start] in "x×*✕✖Ｘｘ＊X"


def _whole(chain: Sequence[Quantity]) -> list[Quantity]:
    measures = [part.unit for part in chain if part.unit != "piece"]
    if len(chain) < 2 or len(measures) > 1 or not _ADDS_UP.issuperset(measures):
        return []
    value = round(prod(part.value for part in chain), 6)
    return [Quantity(value, measures[0] if measures else "piece", chain[0].start, chain[-1].end)]
