"""Histories: what each user of a space has taken, up to now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.events import Events
from shelfspace.data.interactions import Interactions

Int64 = npt.NDArray[np.int64]

#: How much an event says beside a view, by its kind; kinds not named here count as a view does.
WEIGHTS = {
    **dict.fromkeys(("cart", "addtocart", "add_to_cart", "favorite", "fav", "wishlist"), 2.0),
    **dict.fromkeys(("buy", "purchase", "transaction", "order"), 3.0),
}


@dataclass(eq=False)
class Histories:
    """What each user has taken of a catalogue, in time order; `observe` adds to it at once.

    `learned` holds the events known when it was made, user by user; `users` names the row of each. What was
    observed since lies in `since`, by user: items, times in seconds since 1970, weights.
    """

    learned: Interactions
    users: dict[str, int]
    since: dict[str, list[tuple[int, float, float]]] = field(default_factory=dict)

    @classmethod
    def of_events(cls, events: Events, catalog: Catalog, users: Sequence[str] = ()) -> Histories:
        """The histories in a log; events of products that the catalogue lacks are left out.

        `users` have the first rows, in their order; others follow in the order of their first event.
        """
        table = events.table
        rows = product_rows(events.table, catalog)
        table, rows = table.filter(rows >= 0), rows[rows >= 0]
        names = dict.fromkeys([*users, *table["user_id"].unique(maintain_order=True)])
        numbered = {name: row for row, name in enumerate(names)}
        users_of = table["user_id"].replace_strict(numbered, return_dtype=pl.Int64) if len(rows) else rows
        learned = Interactions.of_rows(
            np.asarray(users_of),
            rows,
            n_users=len(numbered),
            n_items=len(catalog),
            times=_seconds(table),
            weights=_weights(table),
        )
        return cls(learned, numbered)

    def observe(self, events: Events, catalog: Catalog) -> int:
        """How many of the events were of the catalogue's products, and so joined the histories.

        The cost grows with `events` alone, not with what was known before.
        """
        rows = product_rows(events.table, catalog)
        each = zip(events.table["user_id"], rows, _seconds(events.table), _weights(events.table), strict=True)
        for user, row, time, weight in each:
            if row >= 0:
                self.since.setdefault(user, []).append((int(row), float(time), float(weight)))
        return int((rows >= 0).sum())

    def of_user(self, user: str) -> Interactions:
        """One user's history as `Interactions` of one row; empty for a user never seen."""
        row = self.users.get(user)
        known = self.learned.take([] if row is None else [row])
        more = self.since.get(user, [])
        items, times, weights = zip(*more, strict=True) if more else ((), (), ())
        assert known.times is not None
        assert known.weights is not None
        n_items = max([self.learned.n_items, *(item + 1 for item in items)])
        return Interactions.of_rows(
            np.zeros(len(known) + len(items), np.int64),
            np.append(known.items, items),
            n_users=1,
            n_items=n_items,
            times=np.append(known.times, times),
            weights=np.append(known.weights, weights),
        )

    def row(self, user: str) -> int:
        """The user's row in `learned`, -1 for a user who was not there."""
        return self.users.get(user, -1)


def product_rows(table: pl.DataFrame, catalog: Catalog) -> Int64:
    """The catalogue row of the product that each row of a log names, int64 `[m]`; -1 where there is none.

    A row without a shop means the product of that id in the one shop that has it; where several have it,
    none.
    """
    keyed = catalog.rows_of(table)
    missing = table["shop"].is_null().to_numpy()
    if not missing.any():
        return keyed
    numbered = catalog.table.select("id", pl.int_range(pl.len()).alias("row"))
    alone = numbered.filter(pl.len().over("id") == 1)
    found = table.select("id").join(alone, on="id", how="left", maintain_order="left")
    return np.where(missing, found["row"].fill_null(-1).to_numpy(), keyed).astype(np.int64)


def _seconds(table: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Seconds since 1970; what has no time stands before all that has."""
    return (table["timestamp"].dt.epoch("us").fill_null(0) / 1e6).to_numpy()


def _weights(table: pl.DataFrame) -> npt.NDArray[np.float32]:
    return table["event"].replace_strict(WEIGHTS, default=1.0, return_dtype=pl.Float32).to_numpy()
