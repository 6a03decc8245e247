"""Slips of the keys: words of a query that no listing has, and the nearest that some have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shelfspace.encoders.tokens import normalise

_WORD = re.compile(r"[^\W\d_]{4,}")
_LONG = 9  # letters from which on two slips are forgiven: shorter words have other words so near
_SEEN = 2  # listings that must have a word, or it may be a slip itself


@dataclass(frozen=True)
class Speller:
    """The words of listings and how often they occur, by their first letter: it is seldom wrong."""

    words: dict[str, dict[str, int]]

    @classmethod
    def of_names(cls, names: Sequence[str]) -> Speller:
        """The words of at least four letters that two names hold."""
        counts: Counter[str] = Counter()
        for name in names:
            counts.update(_WORD.findall(name))
        words: dict[str, dict[str, int]] = {}
        for word, count in counts.items():
            if count >= _SEEN:
                words.setdefault(word[0], {})[word] = count
        return cls(words)

    def corrected(self, text: str, knows: Callable[[str], bool]) -> str | None:
        """The text with words that nobody `knows` replaced by the nearest known; None where none is near.

        One letter may be wrong, lost, doubled or swapped; two of a word of nine letters.
        """
        asked = normalise(text)
        found = _WORD.sub(lambda match: self._nearest(match.group(), knows), asked)
        return None if found == asked else found

    def _nearest(self, word: str, knows: Callable[[str], bool]) -> str:
        from rapidfuzz import distance, process

        rivals = self.words.get(word[0], {})
        if word in rivals or knows(word) or not rivals:
            return word
        most = 2 if len(word) >= _LONG else 1
        near = process.extract(
            word, rivals.keys(), scorer=distance.OSA.distance, score_cutoff=most, limit=None, processor=None
        )
        if not near:
            return word
        best, *_ = min(near, key=lambda each: (each[1], -rivals[each[0]], each[0]))
        return str(best)
