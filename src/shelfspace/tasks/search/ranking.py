"""The ranking: how the signals of a search are weighed into one relevance, and what is too little of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.errors import SpaceError
from shelfspace.space.space import Space
from shelfspace.tasks.match.trees import TreeScorer, probability
from shelfspace.tasks.search.compared import compared, margins
from shelfspace.tasks.search.query_words import QueryWords
from shelfspace.tasks.search.signals import Looked, Reader

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

#: The candidates that trees look at more closely.
CLOSER = 50
#: The name under which a space keeps what it learned, and beside it what words of queries mean.
ARTIFACT, WORDS_ARTIFACT = "search.json", "search-words.safetensors"
_BELOW = 100.0  # how far what the trees did not look at stands below what they did


@dataclass(frozen=True)
class Weighing:
    """A sum of signals, each brought to mean 0 and deviation 1 by its `scales` and then weighed."""

    weights: dict[str, float]
    scales: dict[str, tuple[float, float]]

    def of(self, signals: dict[str, Float32]) -> Float32:
        """The weighed sum, of the shape of the signals; -inf stays -inf."""
        total: Float32 = np.zeros((), np.float32)
        for name, weight in self.weights.items():
            mean, deviation = self.scales[name]
            total = total + np.float32(weight) * ((signals[name] - np.float32(mean)) / np.float32(deviation))
        return np.asarray(total, np.float32)


#: What serves where nothing was learned: scales as they are found in catalogues of many kinds.
UNTAUGHT = Weighing(
    {"words": 0.33, "letters": 0.33, "codes": 0.17, "meaning": 0.17},
    {"words": (0.19, 0.13), "letters": (0.18, 0.13), "codes": (0.0, 0.14), "meaning": (0.22, 0.12)},
)


@dataclass(frozen=True)
class Ranking:
    """What turns the signals of candidates into a relevance.

    `first` weighs the signals. Where there are `trees`, they look at the best `CLOSER` of that order, and
    `second` weighs the two, "first" and "trees". `slope` and `offset` make of the sum the log-odds that a
    product fits the query; what is below the relevance `least` is left out of an answer.
    """

    first: Weighing = UNTAUGHT
    trees: TreeScorer | None = None
    second: Weighing | None = None
    query_words: QueryWords = field(default_factory=QueryWords.none)
    slope: float = 2.0
    offset: float = -1.0
    least: float = 0.0

    def ranked(self, reader: Reader, texts: Sequence[str], looked: Looked) -> tuple[Looked, Float64]:
        """The candidates best first, and the relevance of each float64 `[m, width]`, -inf for none.

        It is a probability in 0…1, and beyond that what is added for a product that was named exactly.
        """
        looked, scores = looked.best(self.first.of(looked.signals), looked.rows.shape[1])
        if self.trees is not None and self.second is not None and looked.rows.shape[1]:
            told = self.trees.log_odds(columns_of(reader, texts, looked)).reshape(len(texts), -1)
            close = self.second.of({"first": scores[:, : told.shape[1]], "trees": told.astype(np.float32)})
            rest = scores[:, told.shape[1] :] - _BELOW
            scores = np.concatenate([close, rest], axis=1)
            looked, scores = looked.best(scores, looked.rows.shape[1])
        relevance = probability(self.slope * scores.astype(np.float64) + self.offset) + looked.exact
        return looked, np.where(looked.rows >= 0, relevance, -np.inf)

    def artifacts(self) -> dict[str, bytes]:
        """What a space keeps of it."""
        settings = {
            "first": [self.first.weights, self.first.scales],
            "second": None if self.second is None else [self.second.weights, self.second.scales],
            "trees": None if self.trees is None else self.trees.to_json(),
            "slope": self.slope,
            "offset": self.offset,
            "least": self.least,
        }
        return {ARTIFACT: json.dumps(settings).encode(), WORDS_ARTIFACT: self.query_words.to_bytes()}

    @classmethod
    def from_artifacts(cls, artifacts: dict[str, bytes]) -> Ranking:
        """The ranking that `artifacts` wrote, or the untaught one; `SpaceError` for anything else."""
        if ARTIFACT not in artifacts:
            return cls()
        try:
            kept = json.loads(artifacts[ARTIFACT])
            return cls(
                _weighing(kept["first"]),
                None if kept["trees"] is None else TreeScorer.from_json(kept["trees"]),
                None if kept["second"] is None else _weighing(kept["second"]),
                QueryWords.from_bytes(artifacts[WORDS_ARTIFACT]),
                *(float(kept[name]) for name in ("slope", "offset", "least")),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SpaceError(
                f"What the space has learned to search by cannot be read ({error}).",
                "It is what fit wrote.",
                "Roll back to an earlier version of the space, or fit again.",
            ) from error


def columns_of(reader: Reader, texts: Sequence[str], looked: Looked) -> dict[str, Float32]:
    """What the trees see of the first `CLOSER` candidates, float32 `[m · width]` each: all that a pair of
    listings tells, the signals, and how far each lies above the best rival's."""
    rows = looked.rows[:, :CLOSER]
    columns = dict(compared(reader.space.catalog, reader.letters.vocabulary, texts, rows))
    for name, values in looked.signals.items():
        near = np.where(rows >= 0, values[:, :CLOSER], 0)
        columns[name] = near.ravel().astype(np.float32)
        columns[f"{name} above rivals"] = margins(near).ravel()
    return columns


def ranking_of(space: Space) -> Ranking:
    """What a space has learned to search by, read once."""
    return space.part("search ranking", lambda: Ranking.from_artifacts(space.artifacts))


def _weighing(kept: list[dict[str, Any]]) -> Weighing:
    weights, scales = kept
    return Weighing(
        {name: float(weight) for name, weight in weights.items()},
        {name: (float(mean), float(deviation)) for name, (mean, deviation) in scales.items()},
    )
