"""What anyone would try first to say what comes next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.tasks.recommend.scorer import Scorer
from shelfspace.tasks.recommend.session_neighbours import SessionNeighbours
from shelfspace.tasks.recommend.transitions import TransitionOptions, Transitions


@dataclass(frozen=True)
class Popularity:
    """The same for everybody: what most have taken, `shares` [n_items]."""

    shares: Float32

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        """Scores [n, n_items], see `Scorer`."""
        return np.tile(self.shares, (histories.n_users, 1))


def next_floors(train: Interactions, *, sessions: bool) -> dict[str, Scorer]:
    """Popularity, the items most often taken together with the last one, and nearest sessions for sessions.

    None is tuned: `item_knn` is the cosine over users of an item and the newest one, `session_knn` has the
    usual 500 neighbours.
    """
    together = TransitionOptions(
        window=1_000_000, fading=0.0, backward=1.0, left_exponent=0.5, right_exponent=0.5, forgetting=50.0
    )
    floors: dict[str, Scorer] = {
        "popularity": Popularity(train.popularity().astype(np.float32)),
        "item_knn": Transitions.fit(train, together),
    }
    if sessions:
        floors["session_knn"] = SessionNeighbours.fit(train)
    return floors
