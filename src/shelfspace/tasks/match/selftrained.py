"""A pair scorer without any label: what the tables give away teaches what the records alone show.

Two views of a pair are nearly independent: where it stands among its rivals, and how its two records compare.
Pairs that are each other's best by wording teach trees that see the records only (co-training, Blum and
Mitchell 1998); the margins of both over the rivals then add up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import Columns, Desk
from shelfspace.tasks.match.trees import TreeScorer, unreadable

Float64 = npt.NDArray[np.float64]

_PARTS = 3  # each left row's pairs are scored by trees that were not taught by them
_ROUNDS = 150
_SURE = 0.25  # of the mutual best pairs, the share too close to call that teaches nothing
#: Not of the records alone: the encoder has learned from mutual bests; trade item numbers teach elsewhere.
_HIDDEN = ("gtin", "learned")


@dataclass(frozen=True)
class SelfTrained:
    """Trees over records, one for each third of the left rows; scales that bring both margins together.

    The log-odds are `slope` times the mean of the two margins, so that 0 is where a pair and its rivals are
    equally good; hence the threshold of one half.
    """

    trees: tuple[TreeScorer, ...]
    wording_scale: float
    record_scale: float
    slope: float
    threshold: float = 0.5

    def log_odds_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds that each pair is one product, float64 `[m]`."""
        wording, record = self._margins(desk, pairs)
        return self.slope * (wording + record) / 2

    def votes_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds by wording alone and by the records alone: float64 `[2, m]`."""
        return self.slope * np.stack(self._margins(desk, pairs))

    def contributions_at(self, desk: Desk, pair: PairRows) -> tuple[dict[str, float], float]:
        """What the wording and the rest of the records add to one pair's log-odds, which start from 0."""
        wording, record = self._margins(desk, pair)
        halves = {"wording against rivals": wording, "records against rivals": record}
        return {name: float(self.slope * half[0] / 2) for name, half in halves.items()}, 0.0

    def _margins(self, desk: Desk, pairs: PairRows) -> tuple[Float64, Float64]:
        """How far the pairs lie above their rivals, in wording and as records, each on its scale."""
        theirs = desk.kept(self, lambda: self._record(desk, desk.candidates))
        mine = theirs if pairs is desk.candidates else self._record(desk, pairs)
        record = desk.rivals(pairs, mine, theirs).margins(mine)
        return desk.margins("wording", pairs) / self.wording_scale, record / self.record_scale

    def _record(self, desk: Desk, pairs: PairRows) -> Float64:
        """What the two records alone make of each pair: a probability."""
        return _cross_scored(self.trees, desk.columns(pairs, "pair", pairs), pairs)

    def to_json(self) -> str:
        """The scorer as text."""
        return json.dumps(
            {
                "kind": "self-trained",
                "trees": [trees.to_json() for trees in self.trees],
                "wording_scale": self.wording_scale,
                "record_scale": self.record_scale,
                "slope": self.slope,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> SelfTrained:
        """The scorer that `to_json` wrote; `SpaceError` for anything else."""
        try:
            parts = json.loads(text)
            trees = tuple(TreeScorer.from_json(part) for part in parts["trees"])
            return cls(trees, *(float(parts[name]) for name in ("wording_scale", "record_scale", "slope")))
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(error) from error


def fit_self_trained(desk: Desk, *, seed: int = 0) -> SelfTrained:
    """The scorer that the tables alone teach; where nothing is sure, wording margins decide alone."""
    pairs = desk.candidates
    standing = desk.wording_standing
    best, wording = standing.mutual, standing.margins(desk.closed_scores["wording"])
    sure = best & (wording >= np.quantile(wording[best], _SURE)) if best.any() else best
    scale = float(wording[best].std()) or 1.0 if best.any() else 1.0
    start = SelfTrained((), scale, 1.0, 1.0)
    taught = sure | ~best
    if sure.sum() < 2 * _PARTS or (~best).sum() < 2 * _PARTS:
        return start
    columns = desk.columns(pairs, "pair", pairs)
    visible = {name: column for name, column in columns.items() if not name.startswith(_HIDDEN)}
    trees = []
    for part in range(_PARTS):
        inside = taught & (pairs.left % _PARTS != part)
        chosen = {name: column[inside] for name, column in visible.items()}
        labels = sure[inside].astype(np.int64)
        if 0 < labels.sum() < len(labels):
            trees.append(TreeScorer.fit(chosen, labels, seed=seed + part, bag=1, rounds=_ROUNDS))
    if len(trees) < _PARTS:
        return start
    record = _cross_scored(tuple(trees), columns, pairs)
    margins = desk.rivals(pairs, record, record).margins(record)
    found = replace(start, trees=tuple(trees), record_scale=float(margins[best].std()) or 1.0)
    both = (wording / found.wording_scale + margins / found.record_scale) / 2
    return replace(found, slope=_slope(both, record))


def _cross_scored(trees: tuple[TreeScorer, ...], columns: Columns, pairs: PairRows) -> Float64:
    """Each pair's probability under the trees that its left row did not teach."""
    scores = np.zeros(len(pairs))
    for part, scorer in enumerate(trees):
        mine = pairs.left % len(trees) == part
        scores[mine] = scorer.probabilities({name: column[mine] for name, column in columns.items()})
    return scores


def _slope(margins: Float64, record: Float64) -> float:
    """How steep the log-odds are in the margins: as the records alone, which are none, would have it."""
    steps = np.geomspace(0.25, 32, 60)
    odds = np.outer(steps, margins)
    losses = np.mean(np.logaddexp(0, odds) - record * odds, axis=1)
    return float(steps[int(losses.argmin())])
