"""Each user's best items, a block of users at a time."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Interactions
from shelfspace.data.neighbours import Neighbours
from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.scorer import Scorer

Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Seen = Literal["exclude", "keep"]

#: Scores held at once: 16 M of them are 64 MiB.
_BLOCK = 1 << 24


def top_k(
    recommender: Scorer,
    histories: Interactions,
    k: int,
    *,
    users: Int64 | None = None,
    seen: Seen = "exclude",
    eligible: Bools | None = None,
    chunk: int | None = None,
) -> Int64:
    """The k best items [n, k] int64 for each of the n users in `histories`, best first: see `top_scored`."""
    return top_scored(recommender, histories, k, users=users, seen=seen, eligible=eligible, chunk=chunk).ids


def top_scored(
    recommender: Scorer,
    histories: Interactions,
    k: int,
    *,
    users: Int64 | None = None,
    seen: Seen = "exclude",
    eligible: Bools | None = None,
    chunk: int | None = None,
) -> Neighbours:
    """The k best items for each of the n users in `histories` with their scores, both [n, k], best first.

    Equal scores stand in the order of the items. Items already taken are left out with `seen` "exclude", and
    those that `eligible` [n_items] does not mark (see `tasks.recommend.filters`) before the best are chosen;
    where fewer than k items are left, -1 fills the row. `users` is passed on to `recommender.scores`. `chunk`
    users are scored at once, by default as many as keep the scores near 64 MiB, so memory does not grow with
    the number of users. Raises `OptionError` for k < 1.
    """
    if k < 1:
        raise OptionError(f"k is {k}.", "At least one item is recommended.", "Ask for k ≥ 1.")
    found = np.full((histories.n_users, k), -1, np.int64)
    values = np.full((histories.n_users, k), -np.inf, np.float32)
    for rows in blocks_of(histories.n_users, histories.n_items, chunk):
        block = histories.take(rows)
        scores = recommender.scores(block, None if users is None else users[rows])
        if seen == "exclude":
            scores[block.users, block.items] = -np.inf
        found[rows] = best_of(scores, k, eligible)
        best = np.take_along_axis(scores, np.maximum(found[rows], 0), axis=1)
        values[rows] = np.where(found[rows] >= 0, best, -np.inf)
    return Neighbours(found, values)


def blocks_of(n_users: int, n_items: int, chunk: int | None = None) -> list[Int64]:
    """The rows of users in blocks of `chunk`, by default of as many as keep their scores near 64 MiB."""
    step = chunk or max(1, _BLOCK // max(1, n_items))
    return [np.arange(start, min(start + step, n_users)) for start in range(0, n_users, step)]


def best_of(scores: Float32, k: int, eligible: Bools | None = None) -> Int64:
    """The columns [n, k] of each row's k highest `scores` [n, m], highest first; equal ones in their order.

    Only columns that `eligible` [m] marks are chosen, all of them where it is None. -inf is never chosen: -1
    stands where a row has fewer than k others.
    """
    if eligible is not None and not eligible.all():
        columns = np.flatnonzero(eligible)
        found = best_of(scores[:, columns], k)
        return np.where(found >= 0, np.append(columns, -1)[found], -1)
    import torch

    n, m = scores.shape
    found = np.full((n, k), -1, np.int64)
    width = min(k, m)
    if not width or not n:
        return found
    best = torch.topk(torch.from_numpy(scores), width, dim=1)  # several times as fast as numpy's partition
    values, chosen = best.values.numpy(), best.indices.numpy()
    _settle_ties(scores, chosen, values)
    order = np.lexsort((chosen, -values), axis=1)
    chosen = np.take_along_axis(chosen, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    found[:, :width] = np.where(values > -np.inf, chosen, -1)
    return found


def _settle_ties(scores: Float32, chosen: Int64, values: Float32) -> None:
    """Where more items than fit have the score at the edge, choose the first of them, in place."""
    edge = values.min(axis=1)
    inside = (values == edge[:, None]).sum(axis=1)
    for row in np.flatnonzero((scores == edge[:, None]).sum(axis=1) > inside):
        tied = np.flatnonzero(scores[row] == edge[row])[: inside[row]]
        chosen[row, values[row] == edge[row]] = tied
