"""What recall does not see: how much of the shelf is shown, how varied, how new, how popular, how fitting.

`lists` int64 `[n, k]` are rows of items, best first, -1 for none; each user's items are distinct. None of the
figures is ever NaN: what an empty input gives stands in each docstring. Memory is bounded by chunks of users.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.diversity import blocks
from shelfspace.tasks.recommend.mixes import mixes

Lists = npt.NDArray[np.int64]
Counts = npt.NDArray[np.integer[Any]]
Float32 = npt.NDArray[np.float32]

_SMOOTHING = 0.01  # Steck 2018, section 3.2


def beyond_accuracy(
    lists: Lists,
    histories: Interactions,
    popularity: Counts,
    n_users: int,
    *,
    vectors: Float32 | None = None,
    shares: Any = None,
) -> dict[str, float]:
    """Every figure by its name with `@k`, those of `vectors` and `shares` only where these are given.

    `histories` are those that the lists answer, a user a list. `popularity` `[n_items]` counts the users, of
    `n_users` in training, who took an item; `vectors` `[n_items, dim]` say what is alike, and `shares`, of
    `category_shares`, what is of a kind. Raises `OptionError` where lists and histories are not as many.
    """
    if len(lists) != histories.n_users:
        raise OptionError(
            f"There are {len(lists)} lists for {histories.n_users} histories.",
            "Each list answers a history.",
            "Take the histories of the users who were asked for.",
        )
    k = lists.shape[1]
    figures = {
        "coverage": coverage(lists, len(popularity)),
        "novelty": novelty(lists, popularity, n_users),
        "popularity_lift": popularity_lift(lists, histories, popularity),
        "gini": gini(lists, len(popularity)),
    }
    if vectors is not None:
        figures["diversity"] = diversity(lists, vectors)
    if shares is not None:
        figures["miscalibration"] = miscalibration(lists, histories, shares)
    return {f"{name}@{k}": value for name, value in figures.items()}


def coverage(lists: Lists, n_items: int) -> float:
    """The share of the `n_items` that stand in any list, in 0…1; 0 where there is no list or no item."""
    return len(np.unique(lists[lists >= 0])) / n_items if n_items else 0.0


def gini(lists: Lists, n_items: int) -> float:
    """How unequally the lists show the items: 0 where each is shown as often, near 1 where one takes all.

    Σ_i (2i − n − 1) x_i / (n Σ x) over the times shown x in rising order, i from 1 to n = `n_items`; items
    that are never shown count. 0 where nothing is shown.
    """
    shown = np.sort(np.bincount(lists[lists >= 0], minlength=n_items)).astype(np.float64)
    if not shown.sum():
        return 0.0
    places = 2 * np.arange(1, len(shown) + 1) - len(shown) - 1
    return float(places @ shown / (len(shown) * shown.sum()))


def diversity(lists: Lists, vectors: Float32) -> float:
    """The mean of 1 − cosine over the pairs of a list, averaged over lists of two items or more; in 0…2.

    Intra-list diversity (Ziegler et al. 2005). A zero vector is like nothing, its cosine is 0. 0 where no
    list has two items.
    """
    total, counted = 0.0, 0
    for chunk in blocks(len(lists), lists.shape[1] * vectors.shape[1]):
        found = vectors[np.maximum(lists[chunk], 0)].astype(np.float32)
        lengths = np.linalg.norm(found, axis=2, keepdims=True)
        kept = (lengths > 0) & (lists[chunk] >= 0)[:, :, None]
        found = np.divide(found, lengths, out=np.zeros_like(found), where=kept)
        # The pairs' cosines add up to (|Σ v|² − Σ |v|²) / 2, so no k × k table is needed.
        cosines = (np.square(found.sum(axis=1), dtype=np.float64).sum(axis=1) - kept.sum(axis=(1, 2))) / 2
        sizes = (lists[chunk] >= 0).sum(axis=1)
        pairs = sizes * (sizes - 1) / 2
        many = pairs > 0
        total += float(np.sum(1 - cosines[many] / pairs[many]))
        counted += int(many.sum())
    return total / counted if counted else 0.0


def novelty(lists: Lists, popularity: Counts, n_users: int) -> float:
    """The mean of −log2 of the share of users who took an item, over the items shown, in bits, ≥ 0.

    Mean self-information (Zhou et al. 2010). What nobody took counts as taken by one user. A list's mean
    comes first, so that long lists weigh no more; 0 where nothing is shown or there is no user.
    """
    if not n_users:
        return 0.0
    surprise = -np.log2(np.clip(popularity, 1, n_users) / n_users)
    means = _means(lists, surprise)
    return float(means.mean()) if len(means) else 0.0


def popularity_lift(lists: Lists, histories: Interactions, popularity: Counts) -> float:
    """How much more popular than what users take themselves is what they are shown; 1 as popular, ≥ 0.

    The ratio of group average popularities (Abdollahpouri et al. 2019): the mean of a list's mean popularity
    over that of a history's, a user a list, over those who have both. 1 where nobody has, or where what they
    took counts 0 in `popularity`.
    """
    counts = np.asarray(popularity, np.float64)
    sizes = np.diff(histories.starts)
    both = (sizes > 0) & (lists >= 0).any(axis=1)
    if not both.any():
        return 1.0
    sums = np.add.reduceat(np.append(counts[histories.items], 0.0), histories.starts[:-1])
    taken = float(np.mean(sums[both] / sizes[both]))
    return float(_means(lists[both], counts).mean()) / taken if taken else 1.0


def miscalibration(
    lists: Lists, histories: Interactions, shares: Any, *, smoothing: float = _SMOOTHING
) -> float:
    """How far what users are shown is from their own mix of categories, in nats; 0 the same mix.

    The mean over users of KL(p ‖ (1 − a) q + a p), p the mix of the history and q that of the list, a the
    `smoothing`, which keeps it finite (Steck 2018, equations 2 to 5); at most −ln a. `shares` as of
    `category_shares`. Users without a history or list of known categories are left out; 0 where all are.

    Differs from the paper: histories are weighted by `weights` where they have some, and lists not by place.
    """
    divergences = [
        _divergences(
            mixes(histories.take(np.arange(chunk.start, chunk.stop)).matrix(), shares),
            mixes(_shown(lists[chunk], shares.shape[0]), shares),
            smoothing,
        )
        for chunk in blocks(len(lists), 4 * shares.shape[1])
    ]
    joined = np.concatenate([np.zeros(0), *divergences])
    return float(joined.mean()) if len(joined) else 0.0


def _shown(lists: Lists, n_items: int) -> Any:
    """The lists as a sparse matrix of ones."""
    kept = lists >= 0
    starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    items = lists[kept]
    return scipy.sparse.csr_array((np.ones(len(items), np.float32), items, starts), (len(lists), n_items))


def _divergences(
    own: npt.NDArray[np.float64], shown: npt.NDArray[np.float64], smoothing: float
) -> npt.NDArray[np.float64]:
    known = own.any(axis=1) & shown.any(axis=1)
    p, q = own[known], (1 - smoothing) * shown[known] + smoothing * own[known]
    ratio = np.divide(p, q, out=np.ones_like(p), where=p > 0)
    return np.asarray((p * np.log(ratio)).sum(axis=1), np.float64)


def _means(lists: Lists, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The mean of the items' values of each list that has any."""
    kept = lists >= 0
    found = np.where(kept, values[np.maximum(lists, 0)] if len(values) else 0.0, 0.0)
    sizes = kept.sum(axis=1)
    return np.asarray(found.sum(axis=1)[sizes > 0] / sizes[sizes > 0], np.float64)
