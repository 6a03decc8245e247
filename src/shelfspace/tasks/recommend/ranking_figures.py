"""How well lists of recommended items meet what was taken afterwards."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Interactions

Int64 = npt.NDArray[np.int64]


def hits(lists: Int64, asked: Interactions) -> npt.NDArray[np.bool_]:
    """Which of the recommended items [n, k] their user is `asked` for; -1 never is."""
    n, k = lists.shape
    rows = np.repeat(np.arange(n), k)
    cells = rows * asked.n_items + lists.ravel()
    known = asked.users * asked.n_items + asked.items
    return (np.isin(cells, known) & (lists.ravel() >= 0)).reshape(n, k)


def recall(lists: Int64, asked: Interactions) -> npt.NDArray[np.float64]:
    """The share of each user's asked items among the recommended ones, [n], NaN for users with none.

    As LightGCN has it: the number of all asked items divides, also where it is above k. `asked` names an item
    once for each user.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(hits(lists, asked).sum(axis=1) / asked.lengths)


def ndcg(lists: Int64, asked: Interactions) -> npt.NDArray[np.float64]:
    """The discounted gain of each user's hits over that of a perfect list, [n], NaN for users with none.

    A hit at place p (from 1) gains 1 / log₂(p + 1); a perfect list has min(k, asked items) hits in front.
    """
    k = lists.shape[1]
    gains = 1.0 / np.log2(np.arange(2, k + 2))
    best = np.append(0.0, gains.cumsum())[np.minimum(asked.lengths, k)]
    with np.errstate(invalid="ignore"):
        return np.asarray((hits(lists, asked) * gains).sum(axis=1) / best)


def accuracy(lists: Int64, asked: Interactions) -> dict[str, float]:
    """`recall@k` and `ndcg@k`, the means over the users who have something asked; 0 where there are none."""
    k = lists.shape[1]
    some = asked.lengths > 0
    if not some.any():
        return {f"recall@{k}": 0.0, f"ndcg@{k}": 0.0}
    return {
        f"recall@{k}": float(recall(lists, asked)[some].mean()),
        f"ndcg@{k}": float(ndcg(lists, asked)[some].mean()),
    }
