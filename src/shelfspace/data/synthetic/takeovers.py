"""Accounts that change hands in a log: from a moment on they do what strangers do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from shelfspace.data.events import Events
from shelfspace.errors import OptionError


class PlantedTakeover(NamedTuple):
    """The account and when its new owner began."""

    user: str
    begins: object


def plant_takeovers(
    events: Events, *, share: float = 0.05, fewest: int = 15, seed: int = 0
) -> tuple[Events, list[PlantedTakeover]]:
    """The log in which a `share` of accounts with `fewest` events and more change hands, and which.

    From a random moment in the last two fifths of an account's events on, each is on the product that a
    stranger, the same one throughout, acted on instead; times and kinds of events stay. So neither rates nor
    the popularity of products tell, only habits do. The same seed plants the same.

    Raises `OptionError` for a share outside (0, 1) and fewer than two such accounts.
    """
    counts = events.table.group_by("user_id").len().filter(pl.col("len") >= fewest).sort("user_id")
    names = counts["user_id"].to_list()
    if not 0 < share < 1 or len(names) < 2:
        raise OptionError(
            f"A share of {share:g} of {len(names)} accounts with {fewest} events was asked for.",
            "The share lies between 0 and 1, and there are two accounts at least.",
            "Mend it, or pass a longer log.",
        )
    rng = np.random.default_rng(seed)
    users = np.array(events.table["user_id"].to_list())
    items = np.array(events.table["id"].to_list(), dtype=object)
    times = events.table["timestamp"].to_list()
    old, planted = items.copy(), []
    for name in rng.choice(names, max(1, round(share * len(names))), replace=False).tolist():
        stranger = name
        while stranger == name:
            stranger = str(rng.choice(names))
        mine, theirs = np.flatnonzero(users == name), old[users == stranger]
        changed = mine[int(len(mine) * rng.uniform(0.6, 0.9)) :]
        begin = int(rng.integers(0, max(1, len(theirs) - len(changed) + 1)))
        items[changed] = np.resize(theirs[begin:], len(changed))
        planted.append(PlantedTakeover(name, times[changed[0]]))
    table = events.table.with_columns(pl.Series("id", items.tolist(), dtype=pl.String))
    return Events(table), planted
