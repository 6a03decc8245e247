"""Honest splits of who took what: at random, the last one of each user, or at one moment for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError

How = Literal["random", "leave-one-out", "time"]
HOW: tuple[How, ...] = ("random", "leave-one-out", "time")


@dataclass(frozen=True)
class Split:
    """What may be learned from, and what is asked for, over the same users and items.

    `test` holds each user's items once each and none that the user has in `train`: `repeats` counts those
    left out. `new_users` of the test have nothing in `train`, `new_items` of it nobody took there: they stay
    in the test.
    """

    train: Interactions
    test: Interactions
    repeats: int
    new_users: int
    new_items: int


def split(log: Interactions, how: How, *, share: float = 0.2, seed: int = 0) -> Split:
    """`log` in two parts: what may be learned from, and what is asked for.

    "random" takes the `share` of each user's items, rounded, but leaves one at least; "leave-one-out" takes
    of each user who has two or more the one that was taken last; "time" takes what happened after the moment
    by which 1 − `share` of all events had happened, so that nothing later than what is asked for is learned.
    Raises `OptionError` for an unknown way, a share outside (0, 1), and "leave-one-out" or "time" without
    times.
    """
    if how not in HOW or not 0 < share < 1:
        raise OptionError(
            f"A split {how!r} with the share {share} was asked for.",
            f"Splits are {', '.join(HOW)}, of a share between 0 and 1.",
            "Choose one of them.",
        )
    if how == "random":
        return _random(log, share, seed)
    if log.times is None:
        raise OptionError(
            f"A split {how!r} was asked of events without times.",
            "Only events with times have an order.",
            "Give the log a timestamp in every row, or split at random.",
        )
    if how == "leave-one-out":
        return _leave_one_out(log)
    moment = np.quantile(log.times, 1 - share, method="lower") if len(log) else 0.0
    return _parted(log.where(log.times <= moment), log.where(log.times > moment))


def given_split(train: Interactions, test: Interactions) -> Split:
    """The split that a folder brings along."""
    return _parted(train, test)


def _leave_one_out(log: Interactions) -> Split:
    """What a user did after the event that is asked for teaches nothing either."""
    places = np.where(log.is_first(), np.arange(len(log)), -1)
    last = np.full(log.n_users, -1, np.int64)
    np.maximum.at(last, log.users, places)
    last[last == log.starts[:-1]] = -1  # a user's only item stays
    held = np.zeros(len(log), np.bool_)
    held[last[last >= 0]] = True
    bound = np.where(last >= 0, last, len(log))[log.users]
    return _parted(log.where(np.arange(len(log)) < bound), log.where(held))


def _random(log: Interactions, share: float, seed: int) -> Split:
    """Whole items are held out: of one that a user took twice, both events."""
    taken = log.first_takes()
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(taken)), taken.users))
    place = np.empty(len(taken), np.int64)
    place[order] = np.arange(len(taken)) - np.repeat(taken.starts[:-1], taken.lengths)
    wanted = np.clip(np.rint(taken.lengths * share), (taken.lengths > 1).astype(float), None)
    wanted = np.minimum(wanted, np.maximum(taken.lengths - 1, 0))
    held = taken.where(place < np.repeat(wanted, taken.lengths))
    return _parted(log.where(~_among(log, held)), held)


def _parted(train: Interactions, test: Interactions) -> Split:
    once = test.first_takes()
    fresh = once.where(~_among(once, train))
    asked, taught = fresh.lengths > 0, train.lengths > 0
    new_items = (fresh.popularity() > 0) & (train.popularity() == 0)
    return Split(train, fresh, len(once) - len(fresh), int((asked & ~taught).sum()), int(new_items.sum()))


def _among(events: Interactions, others: Interactions) -> npt.NDArray[np.bool_]:
    """Which `events` [m] name a user and an item that occur together in `others`."""
    cells, known = (part.users * part.n_items + part.items for part in (events, others))
    return np.isin(cells, known)
