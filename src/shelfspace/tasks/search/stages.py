"""A closer look at the best candidates of a search: trees over features, or a model that reads both texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from shelfspace.tasks.match.trees import TreeScorer
from shelfspace.tasks.search.compared import compared, margins
from shelfspace.tasks.search.signals import Float32, Looked, Reader
from shelfspace.tasks.search.weighing import Weighing

if TYPE_CHECKING:
    from shelfspace.encoders.cross import CrossEncoder

#: How the score that the candidates had, and what the judge tells of them, are called in a stage's weighing.
BEFORE, TOLD = "before", "told"
#: Under which name a space keeps the cross-encoder.
CROSS_ARTIFACT = "search-reader.safetensors"


class Judge(Protocol):
    """What looks closely at the first `closer` candidates of each query."""

    @property
    def closer(self) -> int:
        """How many of the best are looked at."""

    def told(self, reader: Reader, texts: Sequence[str], looked: Looked) -> Float32:
        """The log-odds that each of them fits, float32 `[m, min(width, closer)]`; any number for none."""


@dataclass(frozen=True)
class Stage:
    """A `judge`, and how what it tells is weighed against what the candidates had before."""

    judge: Judge
    weighing: Weighing

    def scored(self, reader: Reader, texts: Sequence[str], looked: Looked, scores: Float32) -> Float32:
        """The scores `[m, width]` of candidates that come best first; who was not judged comes after."""
        told = self.judge.told(reader, texts, looked)
        n = told.shape[1]
        there = looked.rows >= 0
        before = np.where(there, scores, 0)
        close = self.weighing.of({BEFORE: before[:, :n], TOLD: told})
        lowest = np.where(there[:, :n], close, np.inf).min(axis=1, keepdims=True, initial=np.inf)
        lowest = np.where(np.isfinite(lowest), lowest, 0)
        rest = lowest + before[:, n:] - before[:, n - 1 : n]
        return np.where(there, np.concatenate([close, rest], axis=1), -np.inf).astype(np.float32)


@dataclass(frozen=True)
class TreeJudge:
    """Trees over what a pair of listings tells, the signals, and how far each lies above the best rival's."""

    trees: TreeScorer
    closer: int = 50

    def told(self, reader: Reader, texts: Sequence[str], looked: Looked) -> Float32:
        """The trees' log-odds."""
        columns = self.columns(reader, texts, looked)
        return self.trees.log_odds(columns).reshape(len(texts), -1).astype(np.float32)

    @classmethod
    def columns(cls, reader: Reader, texts: Sequence[str], looked: Looked) -> dict[str, Float32]:
        """What the trees see of the first `closer` candidates, float32 `[m · width]` each."""
        rows = looked.rows[:, : cls.closer]
        columns = dict(compared(reader.space.catalog, reader.letters.vocabulary, texts, rows))
        for name, values in looked.signals.items():
            near = np.where(rows >= 0, values[:, : cls.closer], 0)
            columns[name] = near.ravel().astype(np.float32)
            columns[f"{name} above rivals"] = margins(near).ravel()
        return columns


@dataclass(frozen=True)
class CrossJudge:
    """A cross-encoder that reads the query and the listing at once; about 20 ms a pair on one core."""

    cross: CrossEncoder
    closer: int = 20

    def told(self, reader: Reader, texts: Sequence[str], looked: Looked) -> Float32:
        """The cross-encoder's log-odds, 0 where there is no candidate."""
        rows = looked.rows[:, : self.closer]
        found = np.zeros(rows.shape, np.float32)
        queries, places = np.nonzero(rows >= 0)
        listings = listing_texts(reader, rows[queries, places].tolist())
        found[queries, places] = self.cross.log_odds([texts[query] for query in queries.tolist()], listings)
        return found


def listing_texts(reader: Reader, rows: Sequence[int]) -> list[str]:
    """What a cross-encoder reads of the products at these rows."""
    from shelfspace.encoders.transformer import texts_of

    return texts_of(reader.listings.take(np.asarray(rows, np.int64)))


def settings_of(stage: Stage) -> dict[str, Any]:
    """What JSON keeps of a stage."""
    trees = stage.judge.trees.to_json() if isinstance(stage.judge, TreeJudge) else None
    return {"weighing": stage.weighing.to_list(), "trees": trees}


def artifacts_of(stage: Stage) -> dict[str, bytes]:
    """What a space keeps of a stage beside its settings."""
    return {CROSS_ARTIFACT: stage.judge.cross.to_bytes()} if isinstance(stage.judge, CrossJudge) else {}


def stage_of(settings: dict[str, Any], artifacts: Mapping[str, bytes]) -> Stage:
    """The stage that `settings_of` and `artifacts_of` tell of."""
    weighing = Weighing.of_list(settings["weighing"])
    if settings["trees"] is not None:
        return Stage(TreeJudge(TreeScorer.from_json(settings["trees"])), weighing)
    from shelfspace.encoders.cross import CrossEncoder

    return Stage(CrossJudge(CrossEncoder.from_bytes(artifacts[CROSS_ARTIFACT])), weighing)
