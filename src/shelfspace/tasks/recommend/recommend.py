"""Recommend: what a shopper wants next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.recommend.adviser import Adviser, adviser_of
from shelfspace.tasks.recommend.diversity import diversified
from shelfspace.tasks.recommend.filters import in_stock
from shelfspace.tasks.recommend.observe import histories_of
from shelfspace.tasks.recommend.ranked import best_of
from shelfspace.tasks.similar import listed

_POOL = 10  # a varied list of k is chosen from so many times k products
_REASONED = 10  # the newest products of a history, among which reasons are sought: each costs a scoring


def recommend(
    space: Space,
    user: str | None = None,
    *,
    history: Sequence[str] | None = None,
    k: int = 10,
    diversity: float = 0.0,
    where: str | None = None,
    seen: bool = False,
    unavailable: bool = False,
) -> pl.DataFrame:
    """The k products that a user wants next, best first: shop, id, title, brand, price, score, because.

    `user` is one of the space's events, observed ones included; a user never seen gets what everybody takes.
    `history` names products instead, oldest first. What was taken already comes again only with `seen`, what
    is out of stock only with `unavailable`; `where` is an SQL filter over the catalogue's columns. There are
    k rows as long as so many products pass. `diversity`, 0…1, weighs variety against likelihood, see
    `diversified`. `score` compares within one answer only; `because` is the title
    of the product of the history without which the score would fall most.

    Raises `OptionError` for neither or both of user and history, a k below 1, a diversity outside 0…1, what
    is no filter, and a space that was fitted without events; `CatalogError` for a product that is not there.
    """
    if (user is None) == (history is None):
        raise OptionError(
            f"{'Neither a user nor' if user is None else 'Both a user and'} a history was given.",
            "A recommendation is for a user, or for what somebody took.",
            "Give one of them.",
        )
    if k < 1:
        raise OptionError(f"k is {k}.", "At least one product is asked for.", "Give 1 or more.")
    adviser = adviser_of(space)
    taken, row = _history(space, adviser, user, history)
    scores = adviser.scores(taken, row)[0]
    eligible = _eligible(space, where, unavailable)
    if not seen:
        eligible[taken.items] = False
    pool = best_of(np.where(eligible, scores, -np.inf)[None], k if diversity == 0 else _POOL * k)
    rows = diversified(pool, scores[pool], k, diversity, space.vectors)[0]
    rows = rows[rows >= 0]
    because = _because(space, adviser, taken, rows, scores)
    return listed(space, rows, scores[rows]).with_columns(pl.Series("because", because, pl.String))


def _history(
    space: Space, adviser: Adviser, user: str | None, history: Sequence[str] | None
) -> tuple[Interactions, Int64]:
    """The history as one row of interactions, and the user's row in training, -1 without one."""
    if user is not None:
        histories = histories_of(space)
        return histories.of_user(user), np.array([adviser.row(user)])
    rows = [space.row(reference) for reference in history or ()]
    taken = Interactions.of_rows(np.zeros(len(rows), np.int64), rows, n_users=1, n_items=len(space))
    return taken, np.array([-1])


def _eligible(space: Space, where: str | None, unavailable: bool) -> npt.NDArray[np.bool_]:
    """Which products may be recommended to anyone, bool `[n]`."""
    stocked = space.part("in stock", lambda: in_stock(space.catalog))
    eligible = np.ones(len(space), np.bool_) if unavailable else stocked.copy()
    if where is not None:
        allowed = np.zeros(len(space), np.bool_)
        allowed[space.rows_where(where)] = True
        eligible &= allowed
    return eligible


def _because(
    space: Space, adviser: Adviser, taken: Interactions, rows: Int64, scores: Float32
) -> list[str | None]:
    """For each recommended row the title of the history's product that it rests on most; None without any."""
    recent = np.unique(taken.last(_REASONED).items)
    if not len(recent) or not len(rows):
        return [None] * len(rows)
    without = [taken.where(taken.items != item) for item in recent]
    lengths = [len(each) for each in without]
    items = np.concatenate([each.items for each in without])
    users = np.repeat(np.arange(len(without)), lengths)
    times = None if taken.times is None else np.concatenate([np.asarray(each.times) for each in without])
    weights = None if taken.weights is None else np.concatenate([np.asarray(e.weights) for e in without])
    less = Interactions.of_rows(
        users, items, n_users=len(without), n_items=taken.n_items, times=times, weights=weights
    )
    left = adviser.scores(less, None)[:, rows]
    alone = adviser.scores(taken, np.array([-1]))[0][rows]
    reasons = recent[np.argmax(alone - left, axis=0)]
    titles: list[str | None] = space.catalog.table["title"][reasons].to_list()
    return titles
