"""The words of titles as shoppers write them, and where in a title they stand."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse

from shelfspace.encoders.tokens import normalise
from shelfspace.tasks.groups.unspaced import RUN, Lexicon

_WORD = re.compile(r"[^\W_]+(?:['’&+.-][^\W_]+)*")
_FEWEST = 2  # titles that hold a word
_MOST_WORDS = 50_000  # the commonest count


@dataclass(frozen=True)
class TitleWords:
    """V words of n titles: `shown` as they are mostly written, `presence` sparse 0 or 1 `[n, V]`.

    `places` has the same cells, each with where in the title the word stands, from above 0 to 1.
    """

    shown: list[str]
    presence: Any
    places: Any

    @classmethod
    def of_titles(cls, titles: Sequence[str | None]) -> TitleWords:
        """The words that two titles at least hold, whatever their case and accents, the commonest first.

        Chinese and Japanese runs are cut into words that the titles themselves teach, see `Lexicon`.
        """
        pieces = [_WORD.findall(title or "") for title in titles]
        lexicon = Lexicon.of_runs(run for found in pieces for piece in found for run in RUN.findall(piece))
        written: dict[str, Counter[str]] = defaultdict(Counter)
        told: list[dict[str, float]] = []
        for found in pieces:
            words = [word for piece in found for word in _cut(piece, lexicon)]
            here: dict[str, float] = {}
            for place, word in enumerate(words, start=1):
                key = normalise(word)
                if key not in here:
                    here[key] = place / len(words)
                    written[key][word] += 1
            told.append(here)
        often = sorted((-forms.total(), key) for key, forms in written.items() if forms.total() >= _FEWEST)
        numbers = {key: number for number, (_, key) in enumerate(often[:_MOST_WORDS])}
        cells = [
            (row, numbers[key], place)
            for row, here in enumerate(told)
            for key, place in here.items()
            if key in numbers
        ]
        table = np.array(cells, np.float64).reshape(-1, 3)
        at, share = (table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)), table[:, 2]
        shape = (len(titles), len(numbers))
        return cls(
            [max(written[key].items(), key=lambda form: (form[1], form[0]))[0] for key in numbers],
            scipy.sparse.csr_array((np.ones(len(table), np.float32), at), shape=shape),
            scipy.sparse.csr_array((share.astype(np.float32), at), shape=shape),
        )

    def __len__(self) -> int:
        return len(self.shown)


def _cut(piece: str, lexicon: Lexicon) -> list[str]:
    """A piece as words: runs without spaces cut, what stands between them whole."""
    if piece.isascii():
        return [piece]
    found, end = [], 0
    for run in RUN.finditer(piece):
        # A character alone is in too many words to tell anything.
        words = [word for word in lexicon.cut(run.group()) if len(word) > 1]
        found += [piece[end : run.start()], *words]
        end = run.end()
    return [word for word in [*found, piece[end:]] if word]
