"""Ranked pairs: each left product's right ones, best first, and where sought pairs stand among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.evaluation.metrics import recall_at_k
from shelfspace.tasks.match.candidates import PairRows

#: The depths at which blocking is measured.
DEPTHS = (1, 5, 10, 20)


def ranked_by(pairs: PairRows, scores: npt.NDArray[np.floating[Any]]) -> PairRows:
    """The pairs by left row and, within it, by falling score; equal scores by right row."""
    return pairs.take(np.lexsort((pairs.right, -scores, pairs.left)))


def ranks_in(ranked: PairRows, sought: PairRows) -> npt.NDArray[np.int64]:
    """The place of each sought pair among its left product's pairs in `ranked`, 0 the best, -1 if not there.

    `ranked` holds each pair once and each left product's pairs in a row, best first.
    """
    if not len(ranked):
        return np.full(len(sought), -1, np.int64)
    starts = np.flatnonzero(np.append(True, ranked.left[1:] != ranked.left[:-1]))
    lengths = np.diff(np.append(starts, len(ranked)))
    place = np.arange(len(ranked)) - np.repeat(starts, lengths)
    keys, wanted = ranked.keys(), sought.keys()
    order = np.argsort(keys)
    at = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
    return np.where(keys[at] == wanted, place[at], -1).astype(np.int64)


def recalls(ranks: npt.NDArray[np.int64]) -> dict[str, float]:
    """`recall@k` at every depth."""
    return {f"recall@{k}": recall_at_k(ranks, k) for k in DEPTHS}
