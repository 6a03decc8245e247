"""What anyone would try first to say what comes next."""

from __future__ import annotations

from shelfspace.data.interactions import Interactions
from shelfspace.evaluation.recommend_floors import popularity
from shelfspace.tasks.recommend.scorer import Scorer
from shelfspace.tasks.recommend.session_neighbours import SessionNeighbours
from shelfspace.tasks.recommend.transitions import TransitionOptions, Transitions


def next_floors(train: Interactions, *, sessions: bool) -> dict[str, Scorer]:
    """Popularity, the items most often taken together with the last one, and nearest sessions for sessions.

    None is tuned: `item_knn` is the cosine over users of an item and the newest one, `session_knn` has the
    usual 500 neighbours.
    """
    together = TransitionOptions(
        window=1_000_000, fading=0.0, backward=1.0, left_exponent=0.5, right_exponent=0.5, forgetting=50.0
    )
    floors: dict[str, Scorer] = {
        "popularity": popularity(train),
        "item_knn": Transitions.fit(train, together),
    }
    if sessions:
        floors["session_knn"] = SessionNeighbours.fit(train)
    return floors
