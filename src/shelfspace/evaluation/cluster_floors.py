"""Floors of clustering: what anyone would try first, on the very offers.

Each gives edges with scores; the connected components of those from a threshold on are its clusters. The
threshold is given twice: as a user without labels would have it, and, as NAME_oracle, the one that the truth
itself shows to be best, which nobody can have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from shelfspace.data.synthetic import many_shops
from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.encoders.tokens import Int64, normalise
from shelfspace.evaluation.clusterings import adjusted_rand, b_cubed_f1, pairwise_f1
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.floors import tfidf_rows
from shelfspace.evaluation.offer_folders import OfferFolder
from shelfspace.tasks.clusters.pool import unordered
from shelfspace.tasks.match.signals import score_pairs

Figures = dict[str, float]
_K = 10
_TRIED = 40  # thresholds an oracle may choose from


@dataclass(frozen=True)
class Edges:
    """Scored pairs of n offers: `left`, `right`, `scores` `[m]`, higher is nearer."""

    n: int
    left: Int64
    right: Int64
    scores: npt.NDArray[np.floating]

    def components(self, threshold: float) -> Int64:
        """The connected components of the pairs that score `threshold` or more `[n]`."""
        kept = self.scores >= threshold
        ends = self.left[kept], self.right[kept]
        graph = sp.coo_array((np.ones(len(ends[0])), ends), shape=(self.n, self.n))
        return np.asarray(connected_components(graph, directed=False)[1], np.int64)

    def best_threshold(self, truth: npt.NDArray[np.integer]) -> float:
        """Of some thresholds the one whose components have the best pairwise F1."""
        if not len(self.scores):
            return 1.0
        tried = np.unique(np.quantile(self.scores, np.linspace(0, 1, _TRIED)))
        return float(max(tried, key=lambda threshold: pairwise_f1(truth, self.components(float(threshold)))))


def cluster_floors(offers: OfferFolder) -> dict[str, Figures]:
    """The figures of each floor by its name, with its `cpu_seconds`.

    `tfidf_components`: characters' TF-IDF cosine, with the threshold that does best on made-up shops.
    """
    texts = [normalise(title or "") for title in offers.catalog.table["title"]]
    return floor("tfidf_components", offers, lambda: tfidf_edges(texts), _made_up_threshold)


def floor(
    name: str, offers: OfferFolder, find: Callable[[], Edges], threshold: Callable[[], float]
) -> dict[str, Figures]:
    """A floor's figures, with the threshold of a user and with the oracle's."""
    with measured() as cost:
        edges = find()
        mine = edges.components(threshold())
    best = edges.components(edges.best_threshold(offers.truth))
    seconds = {"cpu_seconds": cost.cpu_seconds}
    return {
        name: cluster_figures(offers.truth, mine) | seconds,
        f"{name}_oracle": cluster_figures(offers.truth, best) | seconds,
    }


def cluster_figures(truth: npt.NDArray[np.integer], found: npt.NDArray[np.integer]) -> Figures:
    """Pairwise F1, B³ F1 and the adjusted Rand index of a clustering."""
    return {
        "pairwise_f1": pairwise_f1(truth, found),
        "b3_f1": b_cubed_f1(truth, found),
        "ari": adjusted_rand(truth, found),
    }


def tfidf_edges(texts: list[str]) -> Edges:
    """The nearest texts of each text and their cosines."""
    rows = tfidf_rows(texts).items
    pairs = unordered(lexical_neighbours(rows, rows, _K + 1))
    return Edges(len(texts), pairs.left, pairs.right, score_pairs(rows, pairs))


def _made_up_threshold() -> float:
    table = many_shops(1500, 20)
    texts = [normalise(title or "") for title in table["title"]]
    return tfidf_edges(texts).best_threshold(table["product"].cast(int).to_numpy())
