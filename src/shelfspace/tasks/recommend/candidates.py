"""Candidates: the products that a user may be shown, likeliest first, and what they took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.recommend.adviser import Adviser, adviser_of
from shelfspace.tasks.recommend.filters import in_stock
from shelfspace.tasks.recommend.observe import histories_of
from shelfspace.tasks.recommend.ranked import best_of


class Candidates(NamedTuple):
    """The rows `items` int64 `[1, m]` that may be shown to somebody, best first, -1 where there are no more.

    `scores` float32 `[n]` are those of all products, `taken` is their history, of one row.
    """

    items: Int64
    scores: Float32
    taken: Interactions


def candidates_of(
    space: Space,
    m: int,
    user: str | None = None,
    *,
    history: Sequence[str] | None = None,
    where: str | None = None,
    seen: bool = False,
    unavailable: bool = False,
) -> Candidates:
    """The m likeliest products; options and errors are those of `recommend`."""
    if (user is None) == (history is None):
        raise OptionError(
            f"{'Neither a user nor' if user is None else 'Both a user and'} a history was given.",
            "A recommendation is for a user, or for what somebody took.",
            "Give one of them.",
        )
    if m < 1:
        raise OptionError(f"k is {m}.", "At least one product is asked for.", "Give 1 or more.")
    adviser = adviser_of(space)
    taken, row = _history(space, adviser, user, history)
    scores = adviser.scores(taken, row)[0]
    eligible = _eligible(space, where, unavailable)
    if not seen:
        eligible[taken.items] = False
    return Candidates(best_of(np.where(eligible, scores, -np.inf)[None], m), scores, taken)


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
