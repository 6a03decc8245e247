"""Shoppers: the users of a log with what they took, ready for questions about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.events import Events
from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.recommend.histories import Histories
from shelfspace.tasks.shoppers.drift import Drifts, drifts
from shelfspace.tasks.shoppers.segments import Segments, segments_of
from shelfspace.tasks.shoppers.shopped import shopped_vectors
from shelfspace.tasks.shoppers.tastes import HALF_LIFE_DAYS, taste_vectors
from shelfspace.tasks.shoppers.traits import Traits

_DOUBT = 0.1  # the share of users called drifted who are not


@dataclass(frozen=True, eq=False)
class Shoppers:
    """The `users` of a log, with their `histories` over a `catalog` whose products have `vectors`.

    `vectors` float32 `[n_items, dim]` are unit or zero, near for products that are alike or that the same
    people take.
    """

    catalog: Catalog
    vectors: Float32
    users: tuple[str, ...]
    histories: Interactions
    half_life_days: float = HALF_LIFE_DAYS

    @classmethod
    def of_events(
        cls, events: Events, catalog: Catalog, vectors: Float32, *, half_life_days: float = HALF_LIFE_DAYS
    ) -> Shoppers:
        """Everybody who took a product of the catalogue; events of other products are left out.

        `vectors` `[n_items, dim]` say which products are alike, those of a space for one; what the log says
        of who takes what together is put beside them (see `shopped_vectors`).
        """
        known = Histories.of_events(events, catalog)
        near = shopped_vectors(known.learned, vectors)
        return cls(catalog, near, tuple(known.users), known.learned, half_life_days)

    def __len__(self) -> int:
        return len(self.users)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each user."""
        return {user: row for row, user in enumerate(self.users)}

    def row(self, user: str) -> int:
        """The row of a user; `OptionError` for one that the log does not know."""
        if user not in self.rows:
            raise OptionError(
                f"The user {user!r} was asked for.",
                f"It is not among the {len(self)} users of the log who took a product of the catalogue.",
                "Check the spelling.",
            )
        return self.rows[user]

    @cached_property
    def tastes(self) -> Float32:
        """Unit vectors `[n_users, dim]` of what users want now (see `taste_vectors`)."""
        return taste_vectors(self.histories, self.vectors, half_life_days=self.half_life_days)

    @cached_property
    def traits(self) -> Traits:
        """The traits of the catalogue's products."""
        return Traits.of_catalog(self.catalog)

    @cached_property
    def took(self) -> Any:
        """Which traits each user ever took, sparse bool `[n_users, n_traits]`."""
        return self.traits.of_users(self.histories.matrix())

    def segments(self, n: int | None = None, *, seed: int = 0) -> Segments:
        """The users in groups of like tastes, `n` of them, or as many as hold for other users as well.

        Without `n` it is the largest number up to 12 whose clusters are found again in the other half of the
        users (see `kmeans.strengths`); 1 where no more are, which says that tastes flow into each other.
        """
        return segments_of(self.tastes, self.traits, self.took, n, seed=seed)

    def drift(self, *, at: datetime | None = None, seed: int = 0) -> pl.DataFrame:
        """What users want now against what they wanted before, those who drifted most surely first.

        Columns: user_id, sessions, cosine of both periods, expected (what it is by chance), p, q (the share
        of false ones if all users up to this one were called drifted), drifted (q ≤ 0.1), `less` and `more`:
        the product_type that lost and that won the largest share. `at` parts the periods, by default it is
        the middle of each user's sessions. Users with fewer than 2 sessions on a side are not there. Raises
        `OptionError` where the log has no times.
        """
        found = self.drifts(at=at, seed=seed)
        rows = np.flatnonzero(found.tested)
        table = pl.DataFrame(
            {
                "user_id": pl.Series([self.users[row] for row in rows], dtype=pl.String),
                "sessions": found.sessions[rows],
                "cosine": found.cosine[rows],
                "expected": found.expected[rows],
                "p": found.p[rows],
                "q": found.q[rows],
                "drifted": found.q[rows] <= _DOUBT,
            }
        )
        changes = [self.change(int(row), int(found.split[row])) for row in rows]
        sides = pl.DataFrame(changes, schema={"less": pl.String(), "more": pl.String()}, orient="row")
        return table.hstack(sides).sort("p", "cosine", "user_id")

    def drifts(self, *, at: datetime | None = None, seed: int = 0) -> Drifts:
        """The figures of `drift`, a row for every user."""
        return drifts(self.histories, self.vectors, at=at, seed=seed)

    def change(self, row: int, split: int) -> tuple[str | None, str | None]:
        """The product types whose share fell and rose most from a user's first `split` events to the rest."""
        items = self.histories.of(row)
        shares = self._shares(items[split:])
        for kind, share in self._shares(items[:split]).items():
            shares[kind] = shares.get(kind, 0.0) - share
        ranked = sorted(shares, key=lambda kind: (shares[kind], kind))
        fell = ranked[0] if ranked and shares[ranked[0]] < 0 else None
        return fell, ranked[-1] if ranked and shares[ranked[-1]] > 0 else None

    def _shares(self, items: Int64) -> dict[str, float]:
        kinds = [kind for kind in self._kinds.gather(items) if kind is not None]
        counts = {kind: kinds.count(kind) for kind in set(kinds)}
        return {kind: count / len(kinds) for kind, count in counts.items()}

    @cached_property
    def _kinds(self) -> pl.Series:
        return self.catalog.table.select(pl.coalesce("product_type", "google_product_category")).to_series()


def shoppers_of(space: Space) -> Shoppers:
    """The shoppers of a space's events up to now, observed ones included.

    Raises `OptionError` where none of them took a product of the space.
    """
    found = Shoppers.of_events(space.events, space.catalog, space.vectors)
    if not len(found):
        raise OptionError(
            f"The space holds {len(space.events):,} events, none of them of its products.",
            "Shoppers are known by what they took.",
            "Fit it again with --events and the log, or let it observe some.",
        )
    return found
