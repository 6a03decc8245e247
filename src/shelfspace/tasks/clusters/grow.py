"""Clusters that grow: new offers find their place, and what they say against older places is reported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.clusters.clusters import Clusters
from shelfspace.tasks.clusters.correlation import PairGraph, correlation_clusters
from shelfspace.tasks.clusters.ids import named
from shelfspace.tasks.clusters.pool import Pool
from shelfspace.tasks.clusters.scorer import PairScorer, joined
from shelfspace.tasks.clusters.teacher import shift_of
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.trees import probability

_SUGGESTED = {
    "change": pl.String,
    "cluster_ids": pl.String,
    "offers": pl.Int64,
    "probability": pl.Float64,
    "example": pl.String,
}


def grown(kept: Clusters, pool: Pool, changed: Int64) -> Clusters:
    """The clusters of a larger catalogue, whose first rows are those of `kept`.

    Pairs of the rows `changed` (new ones and those that are worded otherwise) are scored; the others keep
    their log-odds. Rows that had a cluster stay in it, new ones join one or make their own.
    """
    n, before = len(pool.catalog), len(kept.ids)
    fresh = np.zeros(n, bool)
    fresh[changed] = True
    settled = np.full(n, -1, np.int64)
    settled[:before] = kept.labels
    scorer, graph = _with_fresh(kept, pool, fresh)
    sources = pool.shops if kept.one_per_shop else None
    labels = correlation_clusters(graph, sources=sources, settled=settled)
    names = named(labels, pool.catalog.table, [*kept.ids, *[None] * (n - before)])
    return replace(kept, catalog=pool.catalog, ids=names, graph=graph, scorer=scorer)


def _with_fresh(kept: Clusters, pool: Pool, fresh: npt.NDArray[np.bool_]) -> tuple[PairScorer, PairGraph]:
    """The kept pairs that are as they were, and the candidates with an end in `fresh`.

    The share of matches grows with the shops, so the scorer's shift is found again and all pairs follow it.
    """
    old, scorer = kept.graph, kept.scorer
    same = old.where(~(fresh[old.left] | fresh[old.right]) | old.said)
    pairs = pool.candidates
    pairs = pairs.take(fresh[pairs.left] | fresh[pairs.right])
    pairs = pairs.take(~pairs.within(PairRows(same.left, same.right)))
    raw = replace(scorer, shift=0.0).text_log_odds(pool, pairs)
    before = same.log_odds[~same.said] - scorer.shift
    found = replace(scorer, shift=shift_of(np.concatenate([before, raw]), scorer.share))
    new = PairGraph(len(pool.catalog), pairs.left, pairs.right, found.settled(pool, pairs, raw + found.shift))
    moved = np.where(same.said, same.log_odds, same.log_odds + found.shift - scorer.shift)
    return found, joined(len(pool.catalog), [replace(same, log_odds=moved), new])


def suggestions(found: Clusters | None) -> pl.DataFrame:
    """The splits and merges that would lower the cost: change, cluster_ids, offers, probability, example.

    A clustering from nothing is held against the one that is. "merge" names clusters of which that one puts
    offers together, the larger first, "split" a cluster that it takes apart. `offers` counts the offers of
    all of them, `probability` is the mean over the pairs between the parts, and `example` is the pair most in
    point, as two shop/id.
    """
    if found is None:
        return pl.DataFrame(schema=_SUGGESTED)
    sources = found.catalog.table["shop"].rank("dense").to_numpy().astype(np.int64)
    free = correlation_clusters(found.graph, sources=sources if found.one_per_shop else None)
    graph, now = found.graph, found.labels
    apart_now = now[graph.left] != now[graph.right]
    apart_free = free[graph.left] != free[graph.right]
    rows = [
        *_changes(found, "merge", apart_now & ~apart_free),
        *_changes(found, "split", ~apart_now & apart_free),
    ]
    table = pl.DataFrame(rows, schema=_SUGGESTED, orient="row")
    return table.sort("change", "offers", "cluster_ids", descending=[False, True, False])


def _changes(
    found: Clusters, change: str, concerned: npt.NDArray[np.bool_]
) -> list[tuple[str, str, int, float, str]]:
    """A row for each set of clusters whose pairs are `concerned`."""
    graph, now = found.graph, found.labels
    places = np.flatnonzero(concerned)
    ends = np.sort(np.column_stack([now[graph.left[places]], now[graph.right[places]]]), axis=1)
    sizes = np.bincount(now)
    rows = []
    groups: dict[tuple[int, int], list[int]] = {}
    for place, (one, other) in zip(places.tolist(), ends.tolist(), strict=True):
        groups.setdefault((one, other), []).append(place)
    named_by = dict(zip(now.tolist(), found.ids, strict=True))
    for both, of in groups.items():
        parts = sorted(set(both), key=lambda label: (-sizes[label], named_by[label]))
        chances = probability(graph.log_odds[of])
        best = of[int(chances.argmax() if change == "merge" else chances.argmin())]
        keys = found.catalog.table.select("shop", "id")[[int(graph.left[best]), int(graph.right[best])]]
        example = " ".join(f"{shop}/{identifier}" for shop, identifier in keys.rows())
        count = int(sum(sizes[label] for label in parts))
        mean = round(float(chances.mean()), 4)
        rows.append((change, " ".join(named_by[label] for label in parts), count, mean, example))
    return rows
