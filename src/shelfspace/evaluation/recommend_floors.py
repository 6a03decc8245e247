"""The plain ways of recommending: what everybody takes, items like those taken, and implicit's methods."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy import sparse

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.evaluation.asked import K, Question
from shelfspace.evaluation.bench_result import Figures
from shelfspace.objectives.spectral.item_filter import largest
from shelfspace.tasks.recommend.linear import shares_of

_NEIGHBOURS = 100
_BLOCK = 1 << 23
#: With more events than this the package's methods take too long to be run beside.
PACKAGE_EVENTS = 1_000_000


def recommend_floors(question: Question, seed: int) -> dict[str, Figures]:
    """The figures of each floor: popularity and item-kNN always, implicit's ALS and BPR where they can be."""
    train = question.train
    found = {
        "popularity": question.figures(question.answer(popularity(train))),
        "item_knn": question.figures(question.answer(item_knn(train))),
    }
    if installed() and len(train) <= PACKAGE_EVENTS:
        for method in ("als", "bpr"):
            lists = implicit_lists(method, train, question.rows, seed)
            found[f"implicit_{method}"] = question.figures(lists)
    return found


def installed() -> bool:
    """Whether the package implicit can be imported."""
    return find_spec("implicit") is not None


class _Scored:
    """Scores that are histories [n, n_items] times `weights`, popularity deciding between equals."""

    def __init__(self, weights: Any, shares: Float32) -> None:
        self.weights, self.shares = weights, shares

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        found = np.zeros((histories.n_users, histories.n_items), np.float32)
        if self.weights is not None:
            found += (histories.matrix() @ self.weights).toarray()
        found += np.float32(1e-6) * self.shares
        return found


def popularity(train: Interactions) -> _Scored:
    """Everybody gets what most have taken."""
    return _Scored(None, shares_of(train))


def item_knn(train: Interactions, neighbours: int = _NEIGHBOURS) -> _Scored:
    """The cosine of items over the users who took them, summed over the history; `neighbours` an item."""
    matrix = train.matrix()
    lengths = np.sqrt(np.maximum(matrix.sum(axis=0), 1e-12))
    unit = sparse.csr_array(matrix @ sparse.diags_array(1 / lengths), dtype=np.float32)
    turned = unit.T.tocsr()
    step = max(1, _BLOCK // max(1, matrix.shape[1]))
    rows = []
    for start in range(0, matrix.shape[1], step):
        block = (turned[start : start + step] @ unit).toarray()
        block[np.arange(len(block)), np.arange(start, start + len(block))] = 0
        rows.append(largest(block, neighbours))
    return _Scored(sparse.vstack(rows, format="csr") if rows else None, shares_of(train))


def implicit_lists(method: str, train: Interactions, users: Int64, seed: int) -> Int64:
    """The 20 best items [n, 20] of `users` by implicit's "als" or "bpr", set as they come."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of how many threads the machine's algebra has
        from implicit.als import AlternatingLeastSquares
        from implicit.bpr import BayesianPersonalizedRanking

        kind = AlternatingLeastSquares if method == "als" else BayesianPersonalizedRanking
        model = kind(random_state=seed, num_threads=1)
        matrix = sparse.csr_matrix(train.matrix())
        model.fit(matrix, show_progress=False)
        k = min(K, train.n_items)
        found, _ = model.recommend(users, matrix[users], N=k, filter_already_liked_items=True)
    return np.pad(np.asarray(found, np.int64), ((0, 0), (0, K - k)), constant_values=-1)
