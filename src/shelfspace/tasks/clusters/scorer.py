"""From a pool to a graph: the log-odds that its candidate pairs are one product."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shelfspace.tasks.clusters.correlation import SAID, PairGraph
from shelfspace.tasks.clusters.pool import Pool
from shelfspace.tasks.clusters.teacher import fit_teacher, shift_of
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs
from shelfspace.tasks.match.matcher import GTIN_LOG_ODDS
from shelfspace.tasks.match.trees import TreeScorer, unreadable

Float64 = npt.NDArray[np.float64]

_MOST = 6.0  # log-odds beyond which texts alone prove nothing more
_TEXT_LOG_ODDS = 3.0  # … beside trade item numbers
_CHUNK = 200_000  # pairs whose sixty columns are held at once


@dataclass(frozen=True)
class PairScorer:
    """Trees that a teacher has learned where `share` of the pairs matched, and the `shift` to this pool.

    The shift is found once and kept, so that pairs scored on different days compare.
    """

    trees: TreeScorer
    share: float
    shift: float = 0.0

    @classmethod
    def fit(cls, *, seed: int = 0) -> PairScorer:
        """The scorer before it has met a pool; about twenty seconds."""
        return cls(*fit_teacher(seed=seed))

    def adapted(self, pool: Pool) -> tuple[PairScorer, Float64]:
        """The scorer with the shift to this pool, and the log-odds of all its candidates."""
        raw = replace(self, shift=0.0).text_log_odds(pool, pool.candidates)
        shift = shift_of(raw, self.share)
        return replace(self, shift=shift), self.settled(pool, pool.candidates, raw + shift)

    def log_odds(self, pool: Pool, pairs: PairRows) -> Float64:
        """The log-odds that each pair is one product, float64 `[m]`."""
        return self.settled(pool, pairs, self.text_log_odds(pool, pairs))

    def text_log_odds(self, pool: Pool, pairs: PairRows) -> Float64:
        """What the trees say, shifted; trade item numbers are left out."""
        parts = [np.zeros(0)]
        for start in range(0, len(pairs), _CHUNK):
            columns = pool.columns(pairs.take(slice(start, start + _CHUNK)))
            parts.append(self.trees.log_odds(columns) + self.shift)
        return np.concatenate(parts)

    def settled(self, pool: Pool, pairs: PairRows, log_odds: Float64) -> Float64:
        """The log-odds within bounds, with what equal or different trade item numbers add."""
        said = np.nan_to_num(pool.same_number(pairs) * 2 - 1).astype(np.float64)
        bounded = np.clip(log_odds, -_MOST, _MOST)
        text = np.clip(log_odds, -_TEXT_LOG_ODDS, _TEXT_LOG_ODDS)
        return np.where(said == 0, bounded, text + GTIN_LOG_ODDS * said)

    def to_json(self) -> str:
        """The scorer as text."""
        return json.dumps({"trees": self.trees.to_json(), "share": self.share, "shift": self.shift})

    @classmethod
    def from_json(cls, text: str) -> PairScorer:
        """The scorer that `to_json` wrote; `SpaceError` for anything else."""
        try:
            parts = json.loads(text)
            return cls(TreeScorer.from_json(parts["trees"]), float(parts["share"]), float(parts["shift"]))
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(error) from error


def candidate_graph(pool: Pool, scorer: PairScorer, said: LabelledPairs) -> tuple[PairScorer, PairGraph]:
    """The scorer adapted to the pool, and the graph of its candidates and of what people have `said`."""
    scorer, log_odds = scorer.adapted(pool)
    pairs = pool.candidates
    return scorer, with_said(PairGraph(len(pool.catalog), pairs.left, pairs.right, log_odds), said)


def with_said(graph: PairGraph, said: LabelledPairs) -> PairGraph:
    """The graph where pairs that people judged weigh what they said; of two words the later one holds."""
    if not len(said.labels):
        return graph
    left = np.minimum(said.pairs.left, said.pairs.right)
    right = np.maximum(said.pairs.left, said.pairs.right)
    weights = np.where(said.labels == 1, SAID, -SAID)
    keys = PairRows(left, right).keys()
    last = len(keys) - 1 - np.unique(keys[::-1], return_index=True)[1]
    last = last[left[last] != right[last]]
    judged = PairGraph(graph.n, left[last], right[last], weights[last])
    rest = ~PairRows(graph.left, graph.right).within(PairRows(judged.left, judged.right))
    return joined(graph.n, [graph.where(rest), judged])


def joined(n: int, graphs: list[PairGraph]) -> PairGraph:
    """Graphs of different pairs as one, of n things."""
    return PairGraph(
        n,
        np.concatenate([graph.left for graph in graphs]),
        np.concatenate([graph.right for graph in graphs]),
        np.concatenate([graph.log_odds for graph in graphs]),
    )
