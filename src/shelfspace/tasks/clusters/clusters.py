"""Clusters of products: which offers of all shops are one product, under ids that stay."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.tokens import Int64
from shelfspace.errors import SpaceError
from shelfspace.tasks.clusters.correlation import PairGraph
from shelfspace.tasks.clusters.scorer import PairScorer
from shelfspace.tasks.match.trees import probability

Float64 = npt.NDArray[np.float64]

#: Under which names a space keeps its clusters, the log-odds between its offers, and what scored them.
ARTIFACTS = IDS, PAIRS, SCORER = "clusters.parquet", "clusters-pairs.parquet", "clusters.json"


@dataclass(frozen=True)
class Clusters:
    """A clustering of the rows of `catalog`: `ids` `[n]`, and the `graph` that it rests on.

    `one_per_shop` says that no cluster holds two offers of one shop.
    """

    catalog: Catalog
    ids: list[str]
    graph: PairGraph
    scorer: PairScorer
    one_per_shop: bool = False

    @cached_property
    def labels(self) -> Int64:
        """The clusters as numbers from 0, in the order of their ids `[n]`."""
        names = pl.Series(self.ids, dtype=pl.String)
        return (names.rank("dense") - 1).cast(pl.Int64).to_numpy() if len(names) else np.zeros(0, np.int64)

    @cached_property
    def known_ids(self) -> frozenset[str]:
        """All ids there are."""
        return frozenset(self.ids)

    @cached_property
    def sizes(self) -> Int64:
        """How many offers each offer's cluster holds, itself included `[n]`."""
        return np.bincount(self.labels)[self.labels] if len(self.ids) else np.zeros(0, np.int64)

    @cached_property
    def confidences(self) -> Float64:
        """How sure it is that each offer is where it belongs, 0…1 `[n]`.

        The mean probability that it and another of its cluster are one product; of an offer that stands
        alone, the probability that its likeliest partner is none.
        """
        graph, n = self.graph, len(self.ids)
        chances = probability(graph.log_odds)
        within = self.labels[graph.left] == self.labels[graph.right]
        total, count, best = np.zeros(n), np.zeros(n), np.zeros(n)
        for ends in (graph.left, graph.right):
            np.add.at(total, ends[within], chances[within])
            np.add.at(count, ends[within], 1)
            np.maximum.at(best, ends, chances)
        others = self.sizes - 1
        unseen = float(probability(np.array([graph.missing]))[0])
        mean = (total + unseen * (others - count)) / np.maximum(others, 1)
        return np.where(others > 0, mean, 1 - best)

    @property
    def table(self) -> pl.DataFrame:
        """One row an offer: shop, id, cluster_id, size and confidence, cluster by cluster."""
        first = np.zeros(len(self.ids), np.int64)
        if len(self.ids):
            first = np.unique(self.labels, return_index=True)[1][self.labels]
        return (
            self.catalog.table.select("shop", "id")
            .with_columns(
                pl.Series("cluster_id", self.ids, dtype=pl.String),
                pl.Series("size", self.sizes, dtype=pl.Int64),
                pl.Series("confidence", np.round(self.confidences, 4), dtype=pl.Float64),
                pl.Series("_first", first),
            )
            .sort("_first", maintain_order=True)
            .drop("_first")
        )

    def artifacts(self) -> dict[str, bytes]:
        """What a space keeps of the clusters."""
        settings = {"one_per_shop": self.one_per_shop, "scorer": self.scorer.to_json()}
        graph = self.graph
        pairs = pl.DataFrame({"left": graph.left, "right": graph.right, "log_odds": graph.log_odds})
        ids = self.catalog.table.select("shop", "id").with_columns(
            pl.Series("cluster_id", self.ids, dtype=pl.String)
        )
        return {IDS: _parquet(ids), PAIRS: _parquet(pairs), SCORER: json.dumps(settings).encode()}

    @classmethod
    def from_artifacts(cls, catalog: Catalog, artifacts: dict[str, bytes]) -> Clusters | None:
        """The clusters that a space keeps of this very catalogue, None where it keeps none.

        Raises `SpaceError` where they are damaged or are those of another catalogue.
        """
        if IDS not in artifacts:
            return None
        try:
            ids = pl.read_parquet(artifacts[IDS])
            pairs = pl.read_parquet(artifacts[PAIRS])
            settings = json.loads(artifacts[SCORER])
            if not ids.select("shop", "id").equals(catalog.table.select("shop", "id")):
                raise ValueError("they are those of other products")
            left, right, log_odds = (pairs[name].to_numpy() for name in ("left", "right", "log_odds"))
            graph = PairGraph(len(catalog), left, right, log_odds)
            scorer = PairScorer.from_json(settings["scorer"])
            return cls(catalog, ids["cluster_id"].to_list(), graph, scorer, bool(settings["one_per_shop"]))
        except (pl.exceptions.PolarsError, OSError, ValueError, KeyError, TypeError) as error:
            raise SpaceError(
                f"The stored clusters cannot be read ({error}).",
                "They are the tables that cluster wrote for these products.",
                "Roll back to an earlier version of the space, or fit again.",
            ) from error


def _parquet(table: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    table.write_parquet(written)
    return written.getvalue()
