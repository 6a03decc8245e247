"""A pair scorer from few labels: it starts from what the tables give away, and labels correct it.

The scorer without labels (see `selftrained`) has learned from confident pairs of the tables, its own
pseudo-labels. Its log-odds, calibrated on the labels there are, are where boosting starts, so that the trees
have the remaining error to learn only, and with hardly any label to learn from hardly leave the start. Then
each pair is held against its rivals once more, in log-odds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import Columns, Context, Desk
from shelfspace.tasks.match.kinds import kind_of
from shelfspace.tasks.match.labelled import Fold, LabelledPairs, out_of_fold_columns
from shelfspace.tasks.match.selftrained import SelfTrained, fit_self_trained
from shelfspace.tasks.match.trees import (
    PRIOR,
    TreeScorer,
    best_threshold,
    platt,
    probability,
    unreadable,
)

Float64 = npt.NDArray[np.float64]

_ROUNDS = 150  # of 50, 150 and 400 the best on training pairs kept out
_SCALE = 4.0  # log-odds to the scale in which rivals are compared, which ends at three
_CHUNK = 200_000
_STANDING = "standing among rivals"
_GIVEN = "what the tables give away"


@dataclass(frozen=True)
class Guided:
    """Trees over what `context` allows, boosted from the log-odds of `start`, the scorer without labels.

    `slope` and `offset` calibrate the whole; `matches` are the confirmed ones. The contexts are those that
    see the tables.
    """

    start: SelfTrained
    trees: TreeScorer
    context: Context
    matches: PairRows
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5

    def log_odds_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds that each pair is one product, float64 `[m]`."""
        odds = self._alone(desk, pairs)
        return self.slope * (odds + self._margins(desk, pairs, odds)) + self.offset

    def votes_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds that each booster gives alone: float64 `[boosters, m]`."""
        columns = self._columns(desk, pairs)
        margins = self._margins(desk, pairs, self.trees.log_odds(columns))
        return self.slope * (self.trees.votes(columns) + margins) + self.offset

    def contributions_at(self, desk: Desk, pair: PairRows) -> tuple[dict[str, float], float]:
        """What the columns of each kind and the rivals add to one pair's log-odds."""
        columns = self._columns(desk, pair)
        parts, base = self.trees.contributions(columns)
        amounts: dict[str, float] = {}
        for name, amount in zip(self.trees.columns, parts[0].tolist(), strict=True):
            kind = _GIVEN if name == PRIOR else kind_of(name)
            amounts[kind] = amounts.get(kind, 0.0) + amount
        margin = float(self._margins(desk, pair, self.trees.log_odds(columns))[0])
        amounts[_STANDING] = amounts.get(_STANDING, 0.0) + margin
        scaled = {name: self.slope * amount for name, amount in amounts.items()}
        return scaled, self.slope * base + self.offset

    def _alone(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds before rivals are looked at once more."""
        parts = [np.zeros(0)]
        for begin in range(0, len(pairs), _CHUNK):
            part = pairs if len(pairs) <= _CHUNK else pairs.take(slice(begin, begin + _CHUNK))
            columns = self._columns(desk, part)
            parts.append(self.trees.log_odds(columns))
        return np.concatenate(parts)

    def _columns(self, desk: Desk, pairs: PairRows) -> Columns:
        return desk.columns(pairs, self.context, self.matches) | start_columns(self.start, desk, pairs)

    def _margins(self, desk: Desk, pairs: PairRows, odds: Float64) -> Float64:
        """How far the pairs' log-odds lie above their rivals'; the rival of a product without one is even."""
        others = desk.kept(self, lambda: self._alone(desk, desk.candidates))
        mine, theirs = (np.clip(each / _SCALE, -3, 3) for each in (odds, others))
        return _SCALE * desk.rivals(pairs, mine, theirs).margins(mine)

    def calibrated(self, desk: Desk, valid: LabelledPairs) -> Guided:
        """The same scorer with slope, offset and threshold from held-out pairs."""
        odds = self.log_odds_at(desk, valid.pairs)
        slope, offset = platt(odds, valid.labels)
        threshold = best_threshold(probability(slope * odds + offset), valid.labels)
        found = replace(
            self, slope=self.slope * slope, offset=self.offset * slope + offset, threshold=threshold
        )
        desk.kept(found, lambda: desk.kept(self, lambda: self._alone(desk, desk.candidates)))  # as they were
        return found

    def to_json(self) -> str:
        """The scorer as text."""
        figures = {name: getattr(self, name) for name in _FIGURES}
        matches = [self.matches.left.tolist(), self.matches.right.tolist()]
        parts = {"kind": "guided", "start": self.start.to_json(), "trees": self.trees.to_json()}
        return json.dumps({**parts, "context": self.context, "matches": matches, **figures})

    @classmethod
    def from_json(cls, text: str) -> Guided:
        """The scorer that `to_json` wrote; `SpaceError` for anything else."""
        try:
            parts = json.loads(text)
            left, right = (np.array(rows, np.int64) for rows in parts["matches"])
            return cls(
                start=SelfTrained.from_json(parts["start"]),
                trees=TreeScorer.from_json(parts["trees"]),
                context=parts["context"],
                matches=PairRows(left, right),
                **{name: float(parts[name]) for name in _FIGURES},
            )
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(error) from error


_FIGURES = ("slope", "offset", "threshold")


def start_columns(start: SelfTrained, desk: Desk, pairs: PairRows) -> Columns:
    """What the scorer without labels makes of the pairs: its log-odds, and each of its two halves."""
    wording, record = start.votes_at(desk, pairs)
    halves = {"untaught wording margin": wording, "untaught record margin": record}
    both = {**halves, PRIOR: (wording + record) / 2}
    return {name: np.asarray(column, np.float32) for name, column in both.items()}


def fit_guided(
    desk: Desk,
    train: LabelledPairs,
    valid: LabelledPairs,
    folds: list[Fold],
    *,
    context: Context = "known",
    seed: int = 0,
) -> Guided:
    """The scorer of few labels, calibrated and cut on `valid`; `context` is "table" or "known".

    As in `fit_scorer`, the learned cosines of each training pair come from the fold that held it out.
    """
    start = fit_self_trained(desk, seed=seed)
    columns = out_of_fold_columns(desk, train, folds, context) | start_columns(start, desk, train.pairs)
    trees = TreeScorer.fit(columns, train.labels, seed=seed, rounds=_ROUNDS)
    guided = Guided(start, trees, context, train.matches)
    return guided.calibrated(desk, valid)
