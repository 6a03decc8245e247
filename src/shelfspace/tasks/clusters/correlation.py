"""Correlation clustering: which things belong together, from log-odds between pairs of them.

The cost of a clustering is the log-odds against what it puts together, minus those for it (Bansal, Blum and
Chawla 2004, with weights): cost = -Σ w over the pairs within clusters, where a pair without an edge weighs
`missing`. Finding the least is NP-hard. Here the surest pair of clusters is joined as long as the mean
log-odds between two are above 0 (the order of average linkage, the stopping rule of greedy additive edge
contraction: Keuper et al. 2015), and then single things move to where the cost is less.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.tokens import Int64

Float64 = npt.NDArray[np.float64]

#: The log-odds of a pair that was no candidate: nothing speaks for it, and not much against it, since a
#: large cluster has more pairs than a search finds. Trials with -2, -1 and -1/2 on made-up shops gave 0.749,
#: 0.762 and 0.773 (pairwise F1).
MISSING = -0.5
SAID = 20.0  # log-odds of what people have said, beyond any text
_ROUNDS = 5
Edge = tuple[float, int]  # the log-odds between two clusters summed, and over how many pairs


@dataclass(frozen=True)
class PairGraph:
    """n things and the log-odds that pairs of them are one: `left`, `right`, `log_odds` `[m]`, each once."""

    n: int
    left: Int64
    right: Int64
    log_odds: Float64
    missing: float = MISSING

    @property
    def said(self) -> npt.NDArray[np.bool_]:
        """Which pairs have been judged by people `[m]`."""
        return np.abs(self.log_odds) >= SAID

    def where(self, kept: npt.NDArray[np.bool_]) -> PairGraph:
        """The graph with only the pairs where `kept` `[m]` holds."""
        return replace(self, left=self.left[kept], right=self.right[kept], log_odds=self.log_odds[kept])

    def cost(self, labels: Int64) -> float:
        """What the clustering `labels` `[n]` costs; 0 where all stand alone, less is better."""
        within = labels[self.left] == labels[self.right]
        sizes = np.unique(labels, return_counts=True)[1].astype(np.float64)
        unseen = float(np.sum(sizes * (sizes - 1) / 2)) - int(within.sum())
        return -float(self.log_odds[within].sum()) - self.missing * unseen


def correlation_clusters(
    graph: PairGraph, *, sources: Int64 | None = None, settled: Int64 | None = None
) -> Int64:
    """The cluster of each thing `[n]`, named by the lowest of its things.

    With `sources` `[n]` no cluster holds two things of one source. Things with a number from 0 in `settled`
    `[n]` stay together with those of the same number and apart from those of another; the others, at -1, may
    join them. Close to linear in the edges but for a sort.
    """
    work = _Contraction(graph, sources, settled)
    work.run()
    labels = _moved(graph, work.labels(), sources, settled)
    return lowest(labels)


def lowest(labels: npt.NDArray[np.integer]) -> Int64:
    """The clustering with each cluster named by its lowest thing."""
    _, first, numbers = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(first[numbers], np.int64)


class _Contraction:
    """Clusters that grow by joining; `around[a][b]` is the edge between two that still stand."""

    def __init__(self, graph: PairGraph, sources: Int64 | None, settled: Int64 | None) -> None:
        self.missing = graph.missing
        n = graph.n
        self.around: list[dict[int, Edge]] = [{} for _ in range(n)]
        self.into = np.arange(n)
        self.size = [1] * n
        self.turn = [0] * n  # how often a cluster has changed: an older entry of the heap is void
        self.sources = None if sources is None else [{source} for source in sources.tolist()]
        self.settled = [-1] * n if settled is None else settled.tolist()
        edges = zip(graph.left.tolist(), graph.right.tolist(), graph.log_odds.tolist(), strict=True)
        for a, b, weight in edges:
            self.around[a][b] = self.around[b][a] = (weight, 1)
        self._join_settled()
        self.heap: list[tuple[float, int, int, int, int]] = []

    def _join_settled(self) -> None:
        first: dict[int, int] = {}
        for thing, number in enumerate(self.settled):
            if number >= 0:
                first[number] = self._join(first[number], thing) if number in first else thing

    def run(self) -> None:
        """Join the surest two until no two are better together."""
        for a, edges in enumerate(self.around):
            for b in edges:
                if a < b:
                    self._offer(a, b)
        while self.heap:
            _, a, b, turn_a, turn_b = heapq.heappop(self.heap)
            if self.turn[a] != turn_a or self.turn[b] != turn_b or not self._may_join(a, b):
                continue
            joined = self._join(a, b)
            for c in self.around[joined]:
                self._offer(joined, c)

    def labels(self) -> Int64:
        """The cluster in which each thing ended."""
        labels = self.into
        while (labels[labels] != labels).any():
            labels = labels[labels]
        return labels

    def _offer(self, a: int, b: int) -> None:
        total, count = self.around[a][b]
        pairs = self.size[a] * self.size[b]
        mean = (total + self.missing * (pairs - count)) / pairs
        if mean > 0:
            heapq.heappush(self.heap, (-mean, a, b, self.turn[a], self.turn[b]))

    def _may_join(self, a: int, b: int) -> bool:
        if self.settled[a] >= 0 and self.settled[b] >= 0:
            return False
        return self.sources is None or not self.sources[a] & self.sources[b]

    def _join(self, a: int, b: int) -> int:
        """Put the cluster with fewer edges into the other; the one that remains."""
        if len(self.around[a]) < len(self.around[b]):
            a, b = b, a
        mine, theirs = self.around[a], self.around[b]
        mine.pop(b, None)
        theirs.pop(a, None)
        for c, (total, count) in theirs.items():
            before = mine.get(c, (0.0, 0))
            mine[c] = self.around[c][a] = (before[0] + total, before[1] + count)
            del self.around[c][b]
        self.around[b] = {}
        self.into[b] = a
        self.size[a] += self.size[b]
        self.settled[a] = max(self.settled[a], self.settled[b])
        if self.sources is not None:
            self.sources[a] |= self.sources[b]
        self.turn[a] += 1
        self.turn[b] = -1
        return a


def _moved(graph: PairGraph, labels: Int64, sources: Int64 | None, settled: Int64 | None) -> Int64:
    """The clustering after free things have moved, one at a time, to where the cost is least."""
    moves = _Moves(graph, labels, sources)
    free = np.ones(graph.n, bool) if settled is None else settled < 0
    things = [thing for thing in np.flatnonzero(free).tolist() if moves.around[thing]]
    for _ in range(_ROUNDS):
        if not sum([moves.move(thing) for thing in things]):
            break
    return np.asarray(moves.where, np.int64)


class _Moves:
    """Where each thing is, how large the clusters are, and which source has a thing in which."""

    def __init__(self, graph: PairGraph, labels: Int64, sources: Int64 | None) -> None:
        self.missing = graph.missing
        self.where: list[int] = labels.tolist()
        self.size: list[int] = np.bincount(labels, minlength=graph.n).tolist()
        self.source: list[int] | None = None if sources is None else sources.tolist()
        self.taken = set(zip(self.source, self.where, strict=True)) if self.source else set()
        self.around: list[list[tuple[int, float]]] = [[] for _ in range(graph.n)]
        edges = zip(graph.left.tolist(), graph.right.tolist(), graph.log_odds.tolist(), strict=True)
        for a, b, weight in edges:
            self.around[a].append((b, weight - graph.missing))
            self.around[b].append((a, weight - graph.missing))

    def move(self, thing: int) -> bool:
        """Whether the thing has moved to the cluster where it costs least, or into one of its own."""
        here = self.where[thing]
        gains = self._gains(thing, here)
        best = max(gains, key=lambda cluster: (gains[cluster], -cluster))
        if gains[best] < -1e-9:
            if self.size[here] == 1:
                return False
            best = len(self.size)
            self.size.append(0)
        elif gains[best] <= gains[here] + 1e-9:
            return False
        self.where[thing] = best
        self.size[here] -= 1
        self.size[best] += 1
        if self.source is not None:
            self.taken.discard((self.source[thing], here))
            self.taken.add((self.source[thing], best))
        return True

    def _gains(self, thing: int, here: int) -> dict[int, float]:
        """What the thing's edges are worth in each cluster that it may be in."""
        gains = {here: self.missing * (self.size[here] - 1)}
        for other, weight in self.around[thing]:
            there = self.where[other]
            gains[there] = gains.get(there, self.missing * self.size[there]) + weight
        if self.source is None:
            return gains
        mine = self.source[thing]
        return {c: gain for c, gain in gains.items() if c == here or (mine, c) not in self.taken}
