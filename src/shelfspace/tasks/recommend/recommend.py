"""Recommend: what a shopper wants next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.recommend.adviser import Adviser, adviser_of
from shelfspace.tasks.recommend.calibrated import calibrated
from shelfspace.tasks.recommend.candidates import candidates_of
from shelfspace.tasks.recommend.diversity import diversified
from shelfspace.tasks.recommend.mixes import category_shares, mixes
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
    calibration: float = 0.0,
    where: str | None = None,
    seen: bool = False,
    unavailable: bool = False,
) -> pl.DataFrame:
    """The k products that a user wants next, best first: shop, id, title, brand, price, score, because.

    `user` is one of the space's events, observed ones included; a user never seen gets what everybody takes.
    `history` names products instead, oldest first. What was taken already comes again only with `seen`, what
    is out of stock only with `unavailable`; `where` is an SQL filter over the catalogue's columns. There are
    k rows as long as so many products pass. `diversity`, 0…1, weighs variety against likelihood, see
    `diversified`; `calibration`, 0…1, weighs the user's own mix of categories against it instead, see
    `calibrated`. `score` compares within one answer only; `because` is the title of the product of the
    history without which the score would fall most.

    Raises `OptionError` for neither or both of user and history, or of diversity and calibration, a k below
    1, a knob outside 0…1, what is no filter, and a space that was fitted without events; `CatalogError` for a
    product that is not there.
    """
    if diversity and calibration:
        raise OptionError(
            f"A diversity of {diversity:g} and a calibration of {calibration:g} were asked for.",
            "A list is re-ordered by one of them.",
            "Leave one of them at 0.",
        )
    varied = diversity != 0 or calibration != 0
    found = candidates_of(
        space,
        _POOL * k if varied else k,
        user,
        history=history,
        where=where,
        seen=seen,
        unavailable=unavailable,
    )
    taken, scores = found.taken, found.scores
    if calibration:
        shares = space.part("category shares", lambda: _category_shares(space))
        own = mixes(taken.matrix(), shares)
        rows = calibrated(found.items, scores[found.items], k, calibration, own, shares)[0]
    else:
        rows = diversified(found.items, scores[found.items], k, diversity, space.vectors)[0]
    rows = rows[rows >= 0]
    adviser = adviser_of(space)
    because = _because(space, adviser, taken, rows, scores)
    return listed(space, rows, scores[rows]).with_columns(pl.Series("because", because, pl.String))


def _category_shares(space: Space) -> Any:
    """The categories of a space's products."""
    named = space.catalog.table.select(pl.coalesce("product_type", "google_product_category"))
    return category_shares(named.to_series().to_list())


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
