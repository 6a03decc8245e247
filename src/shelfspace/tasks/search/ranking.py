"""The ranking: how the signals of a search are weighed into one relevance, and what is too little of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shelfspace.errors import SpaceError
from shelfspace.space.space import Space
from shelfspace.tasks.match.trees import probability
from shelfspace.tasks.search.query_words import QueryWords
from shelfspace.tasks.search.signals import Float32, Looked, Reader
from shelfspace.tasks.search.stages import Stage, artifacts_of, settings_of, stage_of
from shelfspace.tasks.search.weighing import Weighing

Float64 = npt.NDArray[np.float64]

#: The name under which a space keeps what it learned, and beside it what words of queries mean.
ARTIFACT, WORDS_ARTIFACT = "search.json", "search-words.safetensors"


#: What serves where nothing was learned: scales as they are found in catalogues of many kinds.
UNTAUGHT = Weighing(
    {"words": 0.33, "letters": 0.33, "codes": 0.17, "meaning": 0.17},
    {"words": (0.19, 0.13), "letters": (0.18, 0.13), "codes": (0.0, 0.14), "meaning": (0.22, 0.12)},
)


@dataclass(frozen=True)
class Ranking:
    """What turns the signals of candidates into a relevance.

    `first` weighs the signals; each of `stages` looks closer at the best of the order so far. `slope` and
    `offset` make of the score the log-odds that a product fits the query; what is below the relevance
    `least` is left out of an answer.
    """

    first: Weighing = UNTAUGHT
    stages: tuple[Stage, ...] = ()
    query_words: QueryWords = field(default_factory=QueryWords.none)
    slope: float = 2.0
    offset: float = -1.0
    least: float = 0.0

    def scored(self, reader: Reader, texts: Sequence[str], looked: Looked) -> tuple[Looked, Float32]:
        """The candidates best first, and their scores float32 `[m, width]`, which are on no fixed scale."""
        width = looked.rows.shape[1]
        looked, scores = looked.best(self.first.of(looked.signals), width)
        for stage in self.stages if width else ():
            looked, scores = looked.best(stage.scored(reader, texts, looked, scores), width)
        return looked, scores

    def ranked(self, reader: Reader, texts: Sequence[str], looked: Looked) -> tuple[Looked, Float64]:
        """The candidates best first, and the relevance of each float64 `[m, width]`, -inf for none.

        It is a probability in 0…1, and beyond that what is added for a product that was named exactly.
        """
        looked, scores = self.scored(reader, texts, looked)
        relevance = probability(self.slope * scores.astype(np.float64) + self.offset) + looked.exact
        return looked, np.where(looked.rows >= 0, relevance, -np.inf)

    def artifacts(self) -> dict[str, bytes]:
        """What a space keeps of it."""
        settings = {
            "first": self.first.to_list(),
            "stages": [settings_of(stage) for stage in self.stages],
            "slope": self.slope,
            "offset": self.offset,
            "least": self.least,
        }
        kept = {ARTIFACT: json.dumps(settings).encode(), WORDS_ARTIFACT: self.query_words.to_bytes()}
        for stage in self.stages:
            kept |= artifacts_of(stage)
        return kept

    @classmethod
    def from_artifacts(cls, artifacts: dict[str, bytes]) -> Ranking:
        """The ranking that `artifacts` wrote, or the untaught one; `SpaceError` for anything else."""
        if ARTIFACT not in artifacts:
            return cls()
        try:
            kept = json.loads(artifacts[ARTIFACT])
            return cls(
                Weighing.of_list(kept["first"]),
                tuple(stage_of(each, artifacts) for each in kept["stages"]),
                QueryWords.from_bytes(artifacts[WORDS_ARTIFACT]),
                *(float(kept[name]) for name in ("slope", "offset", "least")),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SpaceError(
                f"What the space has learned to search by cannot be read ({error}).",
                "It is what fit wrote.",
                "Roll back to an earlier version of the space, or fit again.",
            ) from error


def ranking_of(space: Space) -> Ranking:
    """What a space has learned to search by, read once."""
    return space.part("search ranking", lambda: Ranking.from_artifacts(space.artifacts))
