"""Observe: new events count at once, without learning anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from shelfspace.data.events import Events
from shelfspace.data.readers.read_events import read_events
from shelfspace.space.space import Space
from shelfspace.tasks.recommend.histories import Histories


def observe(space: Space, events: Events | Any) -> int:
    """How many of the events are of the space's products; the next `recommend` knows of them.

    `events` are read ones, what `read_events` takes, or dictionaries; one without a time happens now. All
    join `space.events`, those of unknown products as well, since a feed may bring the product later. Nothing
    is learned: histories change, the recommender stays. The cost grows with the new events alone, as long as
    they come in time order. `save` keeps them.

    Raises `FeedError` for what is no log.
    """
    if isinstance(events, list):
        events = pl.DataFrame(events)
    log = events if isinstance(events, Events) else read_events(events)
    now = datetime.now(UTC)
    log = Events(log.table.with_columns(pl.col("timestamp").fill_null(now)), log.rejects, log.mapping)
    histories = histories_of(space)
    space.events = space.events.followed_by(log)
    return histories.observe(log, space.catalog)


def histories_of(space: Space) -> Histories:
    """What the users of a space have taken up to now; made once, then kept up to date by `observe`."""
    return space.part("histories", lambda: Histories.of_events(space.events, space.catalog))
