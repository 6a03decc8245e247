"""Listings as sparse unit vectors over their very tokens: the exact side of the static encoder."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from shelfspace.data.neighbours import Neighbours
from shelfspace.encoders.bags import Bags
from shelfspace.encoders.tokens import Kind
from shelfspace.encoders.vocabulary import Float32, Vocabulary

_BUDGET = 500_000_000  # multiplications a nearest-neighbour search may spend: some seconds on one core
_CHUNK = 4_096


def lexical_matrix(
    bags: Bags, vocabulary: Vocabulary, weights: Float32, kinds: tuple[Kind, ...] = tuple(Kind)
) -> Any:
    """The listings as unit rows of a float32 CSR matrix `[n, V]`, of tokens of the given kinds only.

    `weights` `[m]` says what each entry of the bags is worth. Tokens seen in one listing only have no column,
    yet count in its length: a listing of rare words is like no other. An empty listing is an empty row.
    """
    wanted = np.isin(vocabulary.kinds[bags.token], np.array(kinds, np.int8))
    squares = np.concatenate([[0.0], np.cumsum(np.where(wanted, weights, 0).astype(np.float64) ** 2)])
    lengths = np.sqrt(np.maximum(squares[bags.offsets[1:]] - squares[bags.offsets[:-1]], 0))
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 1e-6)
    kept = wanted & (bags.token < len(vocabulary))
    values = (weights * scale[bags.rows()])[kept].astype(np.float32)
    indptr = np.concatenate([[0], np.cumsum(kept)])[bags.offsets]
    matrix = sp.csr_matrix((values, bags.token[kept], indptr), shape=(bags.n, len(vocabulary)))
    matrix.sort_indices()
    return matrix


def lexical_neighbours(queries: Any, items: Any, k: int, *, budget: int = _BUDGET) -> Neighbours:
    """For each row of `queries` the k rows of `items` of greatest product (CSR, same columns), best first.

    Exact within `budget` multiplications. Beyond it the commonest tokens, which cost most and tell least, are
    left out of the search: sorted by the product of their frequencies, as many as fit are kept. Rows without
    a common token are no neighbours.
    """
    from sparse_dot_topn import sp_matmul_topn

    cost = np.asarray(_columns(queries) * _columns(items), np.float64)
    order = np.argsort(cost, kind="stable")
    dropped = order[np.cumsum(cost[order]) > budget]
    if len(dropped):
        keep = np.ones(queries.shape[1], np.float32)
        keep[dropped] = 0
        queries = queries @ sp.diags_array(keep).tocsr()
        queries.eliminate_zeros()
    transposed = items.T.tocsr()
    ids = np.full((queries.shape[0], k), -1, np.int64)
    scores = np.full((queries.shape[0], k), -np.inf, np.float32)
    for start in range(0, queries.shape[0], _CHUNK):
        part = sp_matmul_topn(queries[start : start + _CHUNK], transposed, k, sort=True, n_threads=1)
        row = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        place = np.arange(part.nnz) - part.indptr[row]
        ids[start + row, place] = part.indices
        scores[start + row, place] = part.data
    return Neighbours(ids, scores)


def paired_products(left: Any, right: Any) -> npt.NDArray[np.float32]:
    """The product of each row of `left` with the same row of `right` (CSR `[m, V]`): float32 `[m]`."""
    return np.asarray(left.multiply(right).sum(axis=1), np.float32).ravel()


def _columns(matrix: Any) -> npt.NDArray[np.int64]:
    """How many rows have an entry in each column."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.int64)
