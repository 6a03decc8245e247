"""How the named details of two listings compare: what both name, and whether they say the same of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shelfspace.data.cleaning.details import details_of
from shelfspace.data.cleaning.units import quantities
from shelfspace.encoders.tokens import Int64, normalise

Stated = frozenset[tuple[str, str]]
NAMES = (
    "details named by both",
    "details agreeing",
    "details differing",
    "details agreeing share",
    "details agreeing weight",
    "details differing weight",
    "details alike",
)


class Details:
    """The details of n listings, and how telling each is in their midst.

    That two listings agree by chance in a value v of the name a has the probability p(v | a): agreeing weighs
    log 1/p(v | a), the m = 1 case of Fellegi and Sunter (1969); differing weighs log 1/Σ p(v | a)², the same
    for a name as a whole.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.stated: list[Stated] = [stated_details(text) for text in texts]
        self._values = Counter(pair for stated in self.stated for pair in stated)
        named = Counter(name for stated in self.stated for name in {name for name, _ in stated})
        squares: Counter[str] = Counter()
        for (name, _), count in self._values.items():
            squares[name] += (count / named[name]) ** 2  # type: ignore[assignment]
        self._named = named
        self._differing = {name: max(0.0, -math.log(square)) for name, square in squares.items()}

    def columns(self, left: Int64, right: Int64) -> dict[str, npt.NDArray[np.float32]]:
        """The columns `NAMES` of pairs of places, `[m]` each; NaN where a listing states no details."""
        rows = [self._compare(i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
        table = np.array(rows, np.float32).reshape(-1, len(NAMES))
        return dict(zip(NAMES, table.T, strict=True))

    def _compare(self, i: int, j: int) -> tuple[float, ...]:
        one, other = self.stated[i], self.stated[j]
        if not one or not other:
            return (math.nan,) * len(NAMES)
        shared = one & other
        both = {name for name, _ in one} & {name for name, _ in other}
        agreeing = {name for name, _ in shared}
        differing = both - agreeing
        common = math.fsum(map(self._rarity, sorted(shared)))
        return (
            len(both),
            len(agreeing),
            len(differing),
            len(agreeing) / len(both) if both else math.nan,
            math.fsum(math.log(self._named[pair[0]] / self._values[pair]) for pair in sorted(shared)),
            math.fsum(self._differing[name] for name in sorted(differing)),
            common / max(math.fsum(map(self._rarity, sorted(one | other))), 1e-9),
        )

    def _rarity(self, pair: tuple[str, str]) -> float:
        return math.log1p(len(self.stated) / self._values[pair])


def stated_details(text: str) -> Stated:
    """The details of a text with names and values normalised, measures in base units.

    >>> stated_details("净含量: 1斤") == stated_details("净含量: 500g")
    True
    """
    return frozenset((normalise(name), _plain(normalise(value))) for name, value in details_of(text))


def _plain(value: str) -> str:
    found = quantities(value) if any(char.isdigit() for char in value) else []
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(value):
        return f"{found[0].value:g} {found[0].unit}"
    return value
