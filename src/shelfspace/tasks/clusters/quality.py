"""How good clusters are, as far as it can be told: from their own evidence, and from labelled pairs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.pairs import Pairs
from shelfspace.tasks.clusters.clusters import Clusters
from shelfspace.tasks.match.trees import probability
from shelfspace.views.evidence import trade_item_numbers

Figures = dict[str, float | int]


def quality(found: Clusters, said: Pairs) -> Figures:
    """What can be said of the clusters without the truth, and how they fare on the pairs that people judged.

    `expected_precision` is the mean probability of the pairs that stand in one cluster, `expected_recall` the
    share of all probable matches among the candidates that do. `cohesion` is like a silhouette, -1…1: how
    much likelier an offer's own cluster is than the next one, averaged over offers that are not alone. The
    shares are of the clusters of two and more offers: with two valid trade item numbers, and with more than
    one offer of a shop. `labelled_f1` and its parts are there only where the space has labelled pairs.
    """
    sizes = np.unique(found.labels, return_counts=True)[1]
    figures: Figures = {
        "offers": len(found.ids),
        "clusters": len(sizes),
        "repeated": int((sizes > 1).sum()),
        "largest": int(sizes.max(initial=0)),
    }
    figures |= _expected(found) | {"cohesion": cohesion(found)} | _contradicted(found)
    return figures | _labelled(found, said)


def _expected(found: Clusters) -> Figures:
    graph = found.graph
    chances = probability(graph.log_odds)
    within = found.labels[graph.left] == found.labels[graph.right]
    probable, kept = float(chances.sum()), float(chances[within].sum())
    return {
        "expected_precision": kept / float(within.sum()) if within.any() else 1.0,
        "expected_recall": kept / probable if probable else 1.0,
    }


def cohesion(found: Clusters) -> float:
    """The mean of (a - b) / max(a, b) over the offers that are not alone, 0 where all are.

    a is the mean probability of an offer's pairs in its own cluster, b the greatest such mean with another
    cluster; pairs that were no candidates count as they do in clustering.
    """
    graph, labels = found.graph, found.labels
    one = np.concatenate([graph.left, graph.right])
    there = labels[np.concatenate([graph.right, graph.left])]
    chances = np.tile(probability(graph.log_odds), 2)
    n_clusters = int(labels.max(initial=-1)) + 1
    keys, place = np.unique(one * max(n_clusters, 1) + there, return_inverse=True)
    total, count = np.bincount(place, chances, len(keys)), np.bincount(place, minlength=len(keys))
    offer, cluster = np.divmod(keys, max(n_clusters, 1))
    own = cluster == labels[offer]
    unseen = float(probability(np.array([graph.missing]))[0])
    others = np.bincount(labels, minlength=n_clusters)[cluster] - own
    means = (total + unseen * (others - count)) / np.maximum(others, 1)
    inside, outside = np.full(len(labels), unseen), np.zeros(len(labels))
    inside[offer[own]] = means[own]
    np.maximum.at(outside, offer[~own], means[~own])
    together = found.sizes > 1
    if not together.any():
        return 0.0
    a, b = inside[together], outside[together]
    return float(np.mean((a - b) / np.maximum(np.maximum(a, b), 1e-12)))


def _contradicted(found: Clusters) -> Figures:
    """The shares of the clusters of two and more that trade item numbers or shops speak against."""
    offers = pl.DataFrame(
        {
            "cluster": found.labels,
            "gtin": trade_item_numbers(found.catalog),
            "shop": found.catalog.table["shop"],
        }
    )
    groups = offers.group_by("cluster").agg(
        pl.len().alias("size"),
        pl.col("gtin").drop_nulls().n_unique().alias("numbers"),
        pl.col("shop").n_unique().alias("shops"),
    )
    groups = groups.filter(pl.col("size") > 1)

    def share(which: pl.Expr) -> float:
        return float(groups.filter(which).height / groups.height) if groups.height else 0.0

    return {
        "share_with_two_gtins": share(pl.col("numbers") > 1),
        "share_with_a_shop_twice": share(pl.col("shops") < pl.col("size")),
    }


def _labelled(found: Clusters, said: Pairs) -> Figures:
    """Precision, recall and F1 of the clusters on labelled pairs of these products; nothing without any."""
    left = found.catalog.rows_of(said.table, "left_shop", "left_id")
    right = found.catalog.rows_of(said.table, "right_shop", "right_id")
    known = (left >= 0) & (right >= 0)
    if not known.any():
        return {}
    together = found.labels[left[known]] == found.labels[right[known]]
    truth: npt.NDArray[np.bool_] = said.table["label"].to_numpy()[known] == 1
    hits = int((together & truth).sum())
    total = int(together.sum()) + int(truth.sum())
    return {
        "labelled_pairs": int(known.sum()),
        "labelled_precision": hits / max(int(together.sum()), 1),
        "labelled_recall": hits / max(int(truth.sum()), 1),
        "labelled_f1": 2 * hits / total if total else 1.0,
    }
