"""Rings of fraud planted in a log: accounts that push the same products in the same days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from shelfspace.data.events import Events
from shelfspace.errors import OptionError


class PlantedRing(NamedTuple):
    """The accounts of a ring, the products that it pushes, and its first event."""

    users: tuple[str, ...]
    products: tuple[str, ...]
    begins: object


def plant_rings(
    events: Events,
    *,
    rings: int = 3,
    size: int = 10,
    targets: int = 6,
    days: int = 3,
    camouflage: float = 0.5,
    seed: int = 0,
) -> tuple[Events, list[PlantedRing]]:
    """The log with `rings` rings in it, of `size` new accounts each, and who they are.

    A ring pushes `targets` products within `days` days, a random moment for each account and product. With
    `camouflage` c a member leaves out each target with the chance c / 2, and the share c of what it does is
    the behaviour of ordinary shoppers, copied: their products and times. The same seed plants the same rings.

    Raises `OptionError` for an empty log, numbers below 1 and a camouflage outside [0, 0.95].
    """
    log = events.table.filter(pl.col("timestamp").is_not_null())
    if not log.height or min(rings, size, targets, days) < 1 or not 0 <= camouflage <= 0.95:
        raise OptionError(
            f"{rings} rings of {size} with {targets} targets in {days} days and camouflage {camouflage:g} "
            f"were asked for in a log of {log.height} events with times.",
            "Numbers are 1 or more, camouflage lies between 0 and 0.95, and the log has events.",
            "Mend them.",
        )
    rng = np.random.default_rng(seed)
    products = log["id"].unique().sort().to_list()
    first, last = log["timestamp"][0], log["timestamp"][-1]
    span = max((last - first).total_seconds() - days * 86_400, 0.0)
    parts, planted = [events.table], []
    for number in range(rings):
        pushed = [products[place] for place in rng.choice(len(products), min(targets, len(products)), False)]
        begins = first + timedelta(seconds=float(rng.random() * span))
        members = tuple(f"ring{number}-{member}" for member in range(size))
        rows = [
            (member, product, begins + timedelta(seconds=float(rng.random() * days * 86_400)))
            for member in members
            for product in pushed
            if rng.random() >= camouflage / 2
        ]
        planted.append(PlantedRing(members, tuple(pushed), min((row[2] for row in rows), default=begins)))
        copies = log.select("id", "timestamp").sample(
            round(len(rows) * camouflage / (1 - camouflage)),
            with_replacement=True,
            seed=int(rng.integers(2**31)),
        )
        rows += [(members[rng.integers(size)], *copy) for copy in copies.rows()]
        parts.append(_as_events(rows, log["shop"][0], events.table.schema))
    return Events(pl.concat(parts).sort("timestamp", maintain_order=True)), planted


def _as_events(rows: Sequence[tuple[object, ...]], shop: str | None, schema: pl.Schema) -> pl.DataFrame:
    columns = {"user_id": [row[0] for row in rows], "id": [row[1] for row in rows]}
    made = pl.DataFrame(columns | {"timestamp": [row[2] for row in rows]}, schema_overrides=dict(schema))
    return made.select(
        pl.col("user_id"),
        pl.lit(shop, dtype=pl.String).alias("shop"),
        pl.col("id"),
        pl.lit("buy").alias("event"),
        pl.col("timestamp"),
        pl.lit(None, dtype=pl.Float64).alias("value"),
    )
