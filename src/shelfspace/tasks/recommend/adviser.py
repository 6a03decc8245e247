"""The adviser: what a space recommends by, over all its products, those that few have taken included."""

from __future__ import annotations

import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.space import Space
from shelfspace.tasks.recommend.lending import LENDERS, Lending, borrowers_of
from shelfspace.tasks.recommend.scorer import Recommender, load_recommender

_NAME = "recommend"
_USERS = f"{_NAME}-users.parquet"
_SETTINGS = f"{_NAME}.json"
_FOLDER = f"{_NAME}-model."
_SLASH = "--"  # an artifact's name has no folders


@dataclass(frozen=True)
class Learned:
    """A `recommender` with the `users` of its training, row by row, and how it lends (see `Lending`).

    `popularity` int64 `[n_items]` is how many users took each product that it has learned.
    """

    recommender: Recommender
    users: tuple[str, ...]
    popularity: Int64
    strength: float

    def artifacts(self) -> dict[str, bytes]:
        """What a space keeps of it."""
        users = io.BytesIO()
        pl.DataFrame({"user_id": self.users}, schema={"user_id": pl.String}).write_parquet(users)
        settings = {"strength": self.strength, "popularity": self.popularity.tolist()}
        with tempfile.TemporaryDirectory() as folder:
            self.recommender.save(Path(folder))
            files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
            names = [_FOLDER + _SLASH.join(path.relative_to(folder).parts) for path in files]
            model = {name: path.read_bytes() for name, path in zip(names, files, strict=True)}
        return {_USERS: users.getvalue(), _SETTINGS: json.dumps(settings).encode(), **model}

    @classmethod
    def from_artifacts(cls, artifacts: dict[str, bytes]) -> Learned:
        """What `artifacts` wrote; `SpaceError` for anything else."""
        try:
            settings = json.loads(artifacts[_SETTINGS])
            users = pl.read_parquet(artifacts[_USERS])["user_id"].to_list()
            with tempfile.TemporaryDirectory() as folder:
                for name, blob in artifacts.items():
                    if name.startswith(_FOLDER):
                        path = Path(folder, *name.removeprefix(_FOLDER).split(_SLASH))
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(blob)
                recommender = load_recommender(Path(folder))
            popularity = np.asarray(settings["popularity"], np.int64)
            return cls(recommender, tuple(users), popularity, float(settings["strength"]))
        except (KeyError, TypeError, ValueError, OSError, pl.exceptions.PolarsError) as error:
            raise SpaceError(
                f"What the space has learned to recommend by cannot be read ({error}).",
                "It is what fit wrote.",
                "Roll back to an earlier version of the space, or fit again.",
            ) from error


@dataclass(frozen=True)
class Adviser:
    """What was learned, `lending` among the products of the catalogue as it is now, and `rows` of users."""

    learned: Learned
    lending: Lending
    rows: dict[str, int]
    n_products: int

    def row(self, user: str) -> int:
        """The user's row in training, -1 for one who was not there."""
        return self.rows.get(user, -1)

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        """Scores float32 `[n, n_products]` of all products, higher is likelier, comparable within a row.

        `histories` and `users` are as in `Recommender.scores`, and may hold products that were not there in
        training: they tell nothing yet. Such a product has a score by what is like it, -inf if nothing is.
        """
        n_known = len(self.learned.popularity)
        known = histories.where(histories.items < n_known)
        weights, times = known.weights, known.times
        known = Interactions(n_known, known.starts, known.items, times, weights)
        scores = np.full((histories.n_users, self.n_products), -np.inf, np.float32)
        scores[:, :n_known] = self.learned.recommender.scores(known, users)
        return self.lending.applied(scores)


def adviser_of(space: Space) -> Adviser:
    """What a space recommends by, made ready once; `OptionError` where it was fitted without events."""

    def make() -> Adviser:
        if _SETTINGS not in space.artifacts:
            raise OptionError(
                "This space was fitted without events.",
                "It learns what shoppers want from what they did.",
                "Fit it again with --events and the log, then ask again.",
            )
        learned = Learned.from_artifacts(space.artifacts)
        popularity = np.zeros(len(space), np.int64)
        popularity[: len(learned.popularity)] = learned.popularity
        lending = lending_of(space, popularity, learned.strength)
        rows = {user: row for row, user in enumerate(learned.users)}
        return Adviser(learned, lending, rows, len(space))

    return space.part("adviser", make)


def lending_of(space: Space, popularity: Int64, strength: float) -> Lending:
    """The lending among the products of a space with `popularity` events each `[n]`."""
    borrowers = borrowers_of(popularity)
    known = np.flatnonzero(popularity > 0)
    if strength <= 0 or not len(known):
        borrowers = borrowers[:0]
    nearest = space.neighbours(space.vectors[borrowers], LENDERS + 1, rows=known)
    return Lending.of(popularity, borrowers, nearest, strength)
