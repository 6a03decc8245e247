"""Cluster and dedupe: which offers of any number of shops are one product."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from shelfspace.data.neighbours import Neighbours
from shelfspace.space.space import Space
from shelfspace.tasks.clusters.clusters import Clusters
from shelfspace.tasks.clusters.correlation import correlation_clusters
from shelfspace.tasks.clusters.ids import named
from shelfspace.tasks.clusters.pool import Pool
from shelfspace.tasks.clusters.scorer import PairScorer, candidate_graph
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs

_LEARNED = 5  # neighbours of each listing as a trained encoder sees them


def cluster(space: Space, *, one_per_shop: bool | None = None, revise: bool = False) -> pl.DataFrame:
    """Every offer with its product's cluster: shop, id, cluster_id, size, confidence, cluster by cluster.

    `cluster_id` stays what it is from one call to the next; see `clusters_of` for that and for the options.
    `confidence` is the mean probability that the offer and another of its cluster are one product, or that an
    offer alone has no partner.
    """
    return clusters_of(space, one_per_shop=one_per_shop, revise=revise).table


def dedupe(space: Space, shop: str | None = None) -> pl.DataFrame:
    """The groups of two and more offers that are one product, the surest first; of one shop, or of all.

    The table has the columns cluster_id, shop, id, title, price, size and confidence; a group's rows follow
    each other. With `shop` a group is what that shop lists repeatedly. Raises `CatalogError` for an unknown
    shop.
    """
    if shop is not None:
        space.catalog.rows_of_shop(shop)
    found = clusters_of(space)
    if found.one_per_shop:  # which hides the very thing that is asked
        labels = correlation_clusters(found.graph)
        found = replace(found, ids=named(labels, found.catalog.table, [None] * len(labels)))
    table = found.table.join(
        space.catalog.table.select("shop", "id", "title", "price"), ["shop", "id"], maintain_order="left"
    )
    if shop is not None:
        table = table.filter(pl.col("shop") == shop)
    grouped = table.with_columns(pl.len().over("cluster_id").cast(pl.Int64).alias("size"))
    sure = pl.col("confidence").mean().over("cluster_id")
    return (
        grouped.filter(pl.col("size") > 1)
        .with_columns(sure.alias("_sure"), pl.int_range(pl.len()).min().over("cluster_id").alias("_first"))
        .sort("_sure", "_first", descending=[True, False], maintain_order=True)
        .select("cluster_id", "shop", "id", "title", "price", "size", "confidence")
    )


def clusters_of(space: Space, *, one_per_shop: bool | None = None, revise: bool = False) -> Clusters:
    """The clusters of a space: those that it keeps, or else made now and kept in `space.artifacts`.

    With `one_per_shop` no cluster holds two offers of one shop; None leaves it as it was, at first False.
    Another answer than the kept one, or `revise`, makes the clusters anew from the same evidence and from all
    that people have said since; each id goes to the cluster with the greatest part of its offers.
    """
    kept = Clusters.from_artifacts(space.catalog, space.artifacts)
    if kept is not None and not revise and one_per_shop in (None, kept.one_per_shop):
        return kept
    before: list[str | None] = [None] * len(space)
    limited = bool(one_per_shop)
    scorer = PairScorer.fit(seed=space.seed) if kept is None else kept.scorer
    if kept is not None:
        before = list(kept.ids)
        limited = kept.one_per_shop if one_per_shop is None else one_per_shop
    pool = Pool.of(space.catalog, learned_neighbours(space))
    scorer, graph = candidate_graph(pool, scorer, said_of(space))
    labels = correlation_clusters(graph, sources=pool.shops if limited else None)
    made = Clusters(space.catalog, named(labels, space.catalog.table, before), graph, scorer, limited)
    space.artifacts.update(made.artifacts())
    return made


def learned_neighbours(space: Space) -> Neighbours | None:
    """The neighbours of every product as its encoder sees them; None where that is the plain wording."""
    if space.figures.get("shipped") == "closed" or len(space) < 2:
        return None
    return space.neighbours(space.vectors, min(_LEARNED + 1, len(space)))


def said_of(space: Space) -> LabelledPairs:
    """What people have said of pairs of the space's products."""
    table = space.pairs.table
    left = space.catalog.rows_of(table, "left_shop", "left_id")
    right = space.catalog.rows_of(table, "right_shop", "right_id")
    known = (left >= 0) & (right >= 0)
    labels = table["label"].to_numpy().astype(np.int64)[known]
    return LabelledPairs(PairRows(left[known], right[known]), labels)
