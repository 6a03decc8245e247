"""Floors of grouping: k-means over TF-IDF, and chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.clusterings import (
    Numbers,
    adjusted_rand,
    b_cubed_f1,
    pairwise_f1,
    purity,
    v_measure,
)
from shelfspace.evaluation.cost import measured

_DIM = 100


def group_figures(truth: Numbers, found: Numbers) -> Figures:
    """How well groups `[n]` agree with classes `[n]`, by five measures and the parts of one."""
    told = v_measure(truth, found)
    return {
        "ari": adjusted_rand(truth, found),
        "v_measure": told.v_measure,
        "b3_f1": b_cubed_f1(truth, found),
        "pairwise_f1": pairwise_f1(truth, found),
        "purity": purity(truth, found),
        "homogeneity": told.homogeneity,
        "completeness": told.completeness,
    }


def group_floors(texts: list[str], truth: Numbers, k: int, seed: int) -> dict[str, Figures]:
    """The figures of k groups by plain methods, with the settings they come with, and their `cpu_seconds`.

    `tfidf_kmeans` is k-means over the TF-IDF of words, `tfidf_svd_kmeans` over 100 directions of it brought
    to length 1, `random` gives every text a group by lot.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    rng = np.random.default_rng(seed)
    floors = {"random": group_figures(truth, rng.integers(0, k, len(texts))) | {"cpu_seconds": 0.0}}
    with measured() as reading:
        rows = TfidfVectorizer().fit_transform(texts)
    for name, dim in (("tfidf_kmeans", 0), ("tfidf_svd_kmeans", _DIM)):
        with measured() as cost:
            found = _kmeans(_reduced(rows, dim, seed) if dim else rows, k, seed)
        seconds = {"cpu_seconds": cost.cpu_seconds + reading.cpu_seconds}
        floors[name] = group_figures(truth, found) | seconds
    return floors


def _reduced(rows: Any, dim: int, seed: int) -> Any:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    return normalize(TruncatedSVD(min(dim, min(rows.shape)), random_state=seed).fit_transform(rows))


def _kmeans(rows: Any, k: int, seed: int) -> Numbers:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(k, random_state=seed).fit_predict(rows), np.int64)
