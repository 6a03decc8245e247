"""Words of scripts that put no spaces between them, found in the titles themselves."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

#: A run of Chinese characters or of Japanese ones.
RUN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_LONGEST = 4
_FEWEST = 5  # occurrences of a word
_WHOLE = 8  # characters of a run that is a word as it stands, where it
_REPEATED = 2  # occurs so often: some titles do put spaces
_COHESION = math.log(10)  # a word's parts meet so much more often than by chance
_FREEDOM = 1.0  # entropy in nats of what stands on either side: inside a word it is small
_MOST_RUNS = 200_000


@dataclass(frozen=True)
class Lexicon:
    """The words that runs are made of, each with its log-probability."""

    words: dict[str, float]
    unknown: float = -20.0

    @classmethod
    def of_runs(cls, runs: Iterable[str]) -> Lexicon:
        """The words of runs of characters: those whose parts stick together and whose neighbours vary.

        A word of two to four characters occurs 5 times at least, its parts meet 10 times as often as by
        chance wherever it is cut, and what stands before and behind it has an entropy of 1 at least. A whole
        run of two to eight that occurs twice is a word too, unless it is made of such words. Of more than
        200,000 runs the first count.
        """
        runs = list(islice(runs, _MOST_RUNS))
        counts: Counter[str] = Counter()
        before: dict[str, Counter[str]] = defaultdict(Counter)
        behind: dict[str, Counter[str]] = defaultdict(Counter)
        for run in runs:
            for start in range(len(run)):
                for end in range(start + 1, min(start + _LONGEST, len(run)) + 1):
                    piece = run[start:end]
                    counts[piece] += 1
                    if end - start > 1:
                        before[piece][run[start - 1] if start else ""] += 1
                        behind[piece][run[end] if end < len(run) else ""] += 1
        total = sum(count for piece, count in counts.items() if len(piece) == 1)
        kept = {
            piece: count
            for piece, count in counts.items()
            if len(piece) > 1
            and count >= _FEWEST
            and _cohesion(piece, counts, total) >= _COHESION
            and min(_freedom(before[piece]), _freedom(behind[piece])) >= _FREEDOM
        }
        found = cls({piece: math.log(count / total) for piece, count in kept.items()})
        for run, count in Counter(runs).items():
            if count >= _REPEATED and 2 <= len(run) <= _WHOLE and not found._makes(run):
                kept[run] = count
        return cls({piece: math.log(count / total) for piece, count in kept.items()})

    def _makes(self, run: str) -> bool:
        """Whether a run is made of words alone."""
        return all(piece in self.words for piece in self.cut(run))

    def cut(self, run: str) -> list[str]:
        """The run as its likeliest words; characters between them that belong to none stay together."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(run) + 1):
            ways = []
            for start in range(max(end - _WHOLE, 0), end):
                known = self.words.get(run[start:end], self.unknown if end - start == 1 else None)
                if known is not None:
                    ways.append((best[start][0] + known, start))
            best.append(max(ways))
        found: list[str] = []
        end, loose = len(run), False
        while end:
            start = best[end][1]
            if loose and end - start == 1:
                found[-1] = run[start] + found[-1]
            else:
                found.append(run[start:end])
            end, loose = start, end - start == 1
        return found[::-1]


def _cohesion(piece: str, counts: Counter[str], total: int) -> float:
    """The least pointwise mutual information of a piece's two parts, wherever it is cut."""
    cuts = range(1, len(piece))
    return min(math.log(counts[piece] * total / (counts[piece[:i]] * counts[piece[i:]])) for i in cuts)


def _freedom(neighbours: Counter[str]) -> float:
    """The entropy of what stands beside a piece, each edge of a run counting as another neighbour."""
    at_edge, total = neighbours.get("", 0), neighbours.total()
    inside = [count for name, count in neighbours.items() if name]
    shares = [count / total for count in inside] + [1 / total] * at_edge
    return -sum(share * math.log(share) for share in shares)
