"""Floors of clustering: what anyone would try first, on the very offers.

Each gives edges with scores; the connected components of those from a threshold on are its clusters. The
threshold is given twice: as a user without labels would have it, and, as NAME_oracle, the one that the truth
itself shows to be best, which nobody can have.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shelfspace.data.synthetic import many_shops
from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.encoders.tokens import normalise
from shelfspace.evaluation.cluster_edges import Edges, Thresholded, best_threshold
from shelfspace.evaluation.cluster_packages import (
    SEMHASH_THRESHOLD,
    SPLINK_THRESHOLD,
    installed,
    semhash_runs,
    splink_edges,
)
from shelfspace.evaluation.clusterings import adjusted_rand, b_cubed_f1, pairwise_f1
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.floors import tfidf_rows
from shelfspace.evaluation.offer_folders import OfferFolder
from shelfspace.tasks.clusters.pool import unordered
from shelfspace.tasks.match.signals import score_pairs

Figures = dict[str, float]
_K = 10


def cluster_floors(offers: OfferFolder) -> dict[str, Figures]:
    """The figures of each floor by its name, with its `cpu_seconds`.

    `tfidf_components`: characters' TF-IDF cosine, with the threshold that does best on made-up shops.
    `splink` and `semhash` with the threshold that they themselves advise, where they are installed.
    """
    texts = [normalise(title or "") for title in offers.catalog.table["title"]]
    floors = floor("tfidf_components", offers, lambda: tfidf_edges(texts), _made_up_threshold)
    if installed("splink"):
        floors |= floor("splink", offers, lambda: splink_edges(texts), lambda: SPLINK_THRESHOLD)
    if installed("semhash"):
        floors |= floor("semhash", offers, lambda: semhash_runs(texts), lambda: SEMHASH_THRESHOLD)
    return floors


def floor(
    name: str, offers: OfferFolder, find: Callable[[], Thresholded], threshold: Callable[[], float]
) -> dict[str, Figures]:
    """A floor's figures, with the threshold of a user and with the oracle's."""
    with measured() as cost:
        edges = find()
        mine = edges.components(threshold())
    best = edges.components(best_threshold(edges, offers.truth))
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
    return best_threshold(tfidf_edges(texts), table["product"].to_numpy())
