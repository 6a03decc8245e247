"""What looks wrong with the listings of a space: attributes, prices, repeats and photos."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import polars as pl

from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.anomalies.listed_photos import photo_suspicions
from shelfspace.tasks.anomalies.prices import price_suspicions
from shelfspace.tasks.anomalies.repeats import lacking, number_suspicions, repeat_suspicions
from shelfspace.tasks.anomalies.stated import stated_suspicions
from shelfspace.tasks.anomalies.suspicion import table_of


def listing_anomalies(
    space: Space,
    images: str | Path | None = None,
    *,
    false_alarms: float = 0.01,
    repeats: bool = True,
    seed: int = 0,
) -> pl.DataFrame:
    """A row for each thing that looks wrong with a listing; nothing is changed.

    Columns: `shop`, `id`, `anomaly`, `attribute`, `value` (as it is), `suggested` (as it may better be, "" to
    leave it empty, null where only a look helps), `p_value`, `other_shop`, `other_id` and `why`. The kinds
    are "wrong category", "wrong brand", "wrong color" and "missing" ones, see `stated_suspicions`; "price",
    see `price_suspicions`; "repeated listing", "repeated number", "missing title" and "missing price"; and
    with the folder `images` those of `photo_suspicions`. Looking for repeated listings, which clusters the
    space, takes the most time; without `repeats` it is left out.

    `false_alarms` is the share of right listings that each check may flag: an estimate, as no label says
    which are right. Raises `OptionError` for a share outside (0, 1) and as `photo_suspicions` does.
    """
    check_false_alarms(false_alarms)
    found = [
        stated_suspicions(space.catalog, false_alarms=false_alarms, seed=seed),
        price_suspicions(space, false_alarms=false_alarms, seed=seed),
        lacking(space.catalog),
        number_suspicions(space.catalog),
    ]
    if repeats:
        found.append(repeat_suspicions(space, false_alarms))
    if images is not None:
        found.append(photo_suspicions(space.catalog, images, false_alarms=false_alarms, seed=seed))
    return table_of(space.catalog, chain.from_iterable(found))


def check_false_alarms(share: float) -> None:
    """Raise `OptionError` for a share of false alarms outside (0, 1)."""
    if not 0 < share < 1:
        raise OptionError(
            f"A share of false alarms of {share:g} was asked for.",
            "It lies above 0 and below 1.",
            "0.01 flags about one good thing in a hundred.",
        )
