"""Exact nearest neighbours by inner product, with ties broken the same way every time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

_SPARE = 8  # fetched beyond k, so that most ties at the edge are seen at once
_WIDEST = 1_024  # beyond so many equals the engine's own choice stands
_NEAR = np.float32(1e-5)  # scores closer than this may have been told apart by rounding alone
_BLOCK = 1 << 22  # floats gathered at once while scoring again


def engine() -> Any:
    """The FAISS module, imported when it is first needed; its stubs and its Python face differ, hence Any."""
    import faiss

    return faiss


@contextmanager
def engine_threads(n_queries: int) -> Iterator[None]:
    """Let the engine use one thread for a few queries, the caller's number for many; put it back after.

    Waking threads costs more than a single query does, and a server that answers many callers at once has
    better uses for its cores.
    """
    before = engine().omp_get_max_threads()
    engine().omp_set_num_threads(min(before, max(1, n_queries // 16)))
    try:
        yield
    finally:
        engine().omp_set_num_threads(before)


def exact(queries: Vectors, vectors: Vectors, k: int) -> tuple[Rows, Vectors]:
    """Rows and scores `[m, k]` of the nearest `vectors`, best first; equal scores in the order of the rows.

    k must not exceed the number of vectors. A zero query scores 0 everywhere and so gets the first k rows.
    """
    ids = np.tile(np.arange(k, dtype=np.int64), (len(queries), 1))
    scores = np.zeros((len(queries), k), np.float32)
    filled = np.flatnonzero(queries.any(axis=1))
    if len(filled) and k:
        ids[filled], scores[filled] = _exact(queries[filled], vectors, k, k + _SPARE)
    return ids, scores


def _exact(queries: Vectors, vectors: Vectors, k: int, width: int) -> tuple[Rows, Vectors]:
    """The same for queries that are not zero, from `width` candidates or more where ties cross the edge."""
    width = min(width, len(vectors))
    with engine_threads(len(queries)):
        rough, candidates = engine().knn(queries, vectors, width, metric=engine().METRIC_INNER_PRODUCT)
    ids, scores = rank(queries, vectors, candidates.astype(np.int64))
    if width < min(len(vectors), _WIDEST):
        tied = np.flatnonzero(rough[:, -1] >= rough[:, k - 1] - _NEAR)
        if len(tied):
            wide_ids, wide_scores = _exact(queries[tied], vectors, k, 4 * width)
            ids, scores = ids[:, :k], scores[:, :k]
            ids[tied], scores[tied] = wide_ids, wide_scores
    return ids[:, :k], scores[:, :k]


def rank(queries: Vectors, vectors: Vectors, ids: Rows) -> tuple[Rows, Vectors]:
    """The candidates `ids` `[m, c]` (-1 for none) with scores, best first, equal scores by lower row.

    Engines score a query alone and in a batch with different roundings. Here every pair is summed in one
    order, so that equal vectors have equal scores and an answer does not depend on its company.
    """
    scores = np.full(ids.shape, -np.inf, np.float32)
    step = max(1, _BLOCK // max(1, ids.shape[1] * vectors.shape[1]))
    for start in range(0, len(ids), step):
        block = ids[start : start + step]
        products = vectors[np.maximum(block, 0)] * queries[start : start + step, None, :]
        scores[start : start + step] = np.where(block >= 0, products.sum(axis=2), -np.inf)
    last = np.where(ids < 0, np.iinfo(np.int64).max, ids)
    order = np.lexsort((last, -scores), axis=1)
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)
