"""Trials: a bandit that lives in a folder, what it has shown to whom, and what came of it."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from shelfspace.data.events import Events
from shelfspace.data.neighbours import Neighbours
from shelfspace.errors import SpaceError
from shelfspace.space.space import Space
from shelfspace.tasks.bandit.bandit import Bandit
from shelfspace.tasks.bandit.contexts import prior_of
from shelfspace.tasks.bandit.decisions import Decisions
from shelfspace.tasks.bandit.explored import Explored, explored
from shelfspace.tasks.bandit.ridge import Ridge
from shelfspace.tasks.recommend.candidates import candidates_of
from shelfspace.tasks.shoppers.tastes import DAY_SECONDS, taste_vectors
from shelfspace.tasks.similar import listed

_CANDIDATES = 50
_SHOWN, _LOG, _BANDIT = "shown", "log", "bandit"


class Heard(NamedTuple):
    """How many lists were `settled`, how many of their products `taken`, how many lists are `waiting`."""

    settled: int
    taken: int
    waiting: int


@dataclass(frozen=True)
class Trials:
    """A `folder` with a bandit, the lists it has shown and not heard of yet, and the log of its decisions.

    A list is settled when `patience_seconds` have gone by: what its user took of it by then earned 1, the
    rest 0. Not earlier, or what is taken late would count as refused.
    """

    folder: Path
    patience_seconds: float = DAY_SECONDS

    def bandit(self, space: Space) -> Bandit:
        """The bandit as it stands; a new one, which prefers what the recommender does, where there is none.

        Raises `SpaceError` where it was started in a space of other vectors, or is damaged.
        """
        fresh = Bandit(Ridge.starting_at(prior_of(space.dim)))
        if not (self.folder / _BANDIT).exists():
            return fresh
        found = Bandit.load(self.folder / _BANDIT)
        if len(found.model.sums) != len(fresh.model.sums):
            raise SpaceError(
                f"The bandit in {self.folder} knows contexts of {len(found.model.sums)} numbers.",
                f"Those of this space have {len(fresh.model.sums)}: it was fitted anew.",
                "Start a new bandit in another folder.",
            )
        return found

    def show(
        self,
        space: Space,
        user: str,
        k: int = 10,
        *,
        where: str | None = None,
        seed: int | None = None,
        now: datetime | None = None,
    ) -> pl.DataFrame:
        """The k products to show a user, as `recommend` has them, with the `propensity` of each place.

        The bandit chooses among the recommender's 50 best (5 k where that is more), and what it chose is
        kept until `hear` knows what came of it. `seed` repeats a choice. Raises what `candidates_of` does.
        """
        found = candidates_of(space, max(_CANDIDATES, 5 * k), user, where=where)
        tastes = taste_vectors(found.taken, space.vectors[: found.taken.n_items])
        candidates = Neighbours(found.items, found.scores[found.items])
        rng = np.random.default_rng(seed)
        chosen = explored(self.bandit(space), candidates, tastes, space.vectors, k, rng)
        rows = chosen.items[0][chosen.items[0] >= 0]
        shown = listed(space, rows, found.scores[rows])
        if len(rows):
            _keep(self.folder / _SHOWN, user, now or datetime.now(UTC), shown.select("shop", "id"), chosen)
        return shown.with_columns(pl.Series("propensity", chosen.propensities[0, : len(rows)], pl.Float64))

    def hear(self, space: Space, events: Events, *, now: datetime | None = None) -> Heard:
        """Settle the lists whose time is over by what their users did, and let the bandit learn from them.

        `events` hold at least what happened since those lists were shown; an event without a shop means the
        product of that id. `now` is by default the time of the newest event.
        """
        table = events.table.drop_nulls("timestamp")
        newest = table["timestamp"].max()
        now = now or (newest if isinstance(newest, datetime) else datetime.now(UTC))
        bandit, settled, taken, waiting = self.bandit(space), [], 0, 0
        for folder in sorted((self.folder / _SHOWN).glob("*")):
            note = json.loads((folder / "note.json").read_text(encoding="utf-8"))
            shown_at = datetime.fromisoformat(note["at"])
            if (now - shown_at).total_seconds() < self.patience_seconds:
                waiting += 1
                continue
            rewards = self._rewards(note, shown_at, table)
            places, first = Decisions.load(folder / "places"), Decisions.load(folder / "first")
            bandit = bandit.observed(places.contexts[:, 0], rewards)
            Decisions(first.candidates, first.contexts, first.chosen, first.propensities, rewards[:1]).save(
                self.folder / _LOG / folder.name
            )
            taken += int(rewards.sum())
            settled.append(folder)
        bandit.save(self.folder / _BANDIT)
        for folder in settled:
            shutil.rmtree(folder)
        return Heard(len(settled), taken, waiting)

    def log(self) -> Decisions | None:
        """The decisions over the first place whose rewards are known, for `judged`; None without any.

        Those over fewer candidates than others are filled up with none.
        """
        parts = [Decisions.load(folder) for folder in sorted((self.folder / _LOG).glob("*"))]
        if not parts:
            return None
        width = max(part.candidates.shape[1] for part in parts)
        return Decisions.joined([_widened(part, width) for part in parts])

    def _rewards(
        self, note: dict[str, str | list[list[str]]], shown_at: datetime, table: pl.DataFrame
    ) -> np.ndarray:
        """1 for each shown product that the user took in time, else 0, in the order shown."""
        after = (table["timestamp"] - shown_at).dt.total_seconds()
        own = table.filter(
            (table["user_id"] == note["user"]) & (after >= 0) & (after <= self.patience_seconds)
        )
        keyed, bare = set(own.select("shop", "id").rows()), set(own.filter(pl.col("shop").is_null())["id"])
        shown: Sequence[Sequence[str]] = [pair for pair in note["products"] if not isinstance(pair, str)]
        return np.array([float((shop, name) in keyed or name in bare) for shop, name in shown])


def _keep(folder: Path, user: str, at: datetime, products: pl.DataFrame, chosen: Explored) -> None:
    """Write what was shown into a folder that is renamed when whole: half a list is never read."""
    name = f"{at.strftime('%Y%m%dT%H%M%S%f')}-{uuid.uuid4().hex[:8]}"
    unfinished = folder.parent / f".{name}"
    n = products.height
    places = Decisions(
        chosen.items[0, :n, None],
        chosen.contexts[0, :n, None],
        np.zeros(n, np.int64),
        chosen.propensities[0, :n],
        np.full(n, np.nan),
    )
    places.save(unfinished / "places")
    chosen.first.save(unfinished / "first")
    note = {"user": user, "at": at.isoformat(), "products": products.rows()}
    (unfinished / "note.json").write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished.rename(folder / name)


def _widened(part: Decisions, width: int) -> Decisions:
    more = width - part.candidates.shape[1]
    return Decisions(
        np.pad(part.candidates, ((0, 0), (0, more)), constant_values=-1),
        np.pad(part.contexts, ((0, 0), (0, more), (0, 0))),
        part.chosen,
        part.propensities,
        part.rewards,
    )
