"""Sessions that went like this one: a nearest-neighbour recommender in closed form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from shelfspace.data.interactions import Interactions
from shelfspace.tasks.recommend.kept import arrays_of, keep, kept, matrix_of
from shelfspace.tasks.recommend.transitions import faint, recency

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NeighbourOptions:
    """Which sessions are near, and what they say.

    Sessions are near that share many of the newest events: the n-th newest counts n^−`forgetting` as much, an
    item popularity^−`rarity`, and a session of many events less, by its number^−`crowding`. The `k` nearest
    say what they hold, each by its nearness; an item's score is divided by its popularity^`right_exponent`.
    Of an item's sessions the newest `reach` are looked at, which bounds time and memory.
    """

    k: int = 500
    forgetting: float = 1.0
    rarity: float = 0.5
    crowding: float = 0.5
    right_exponent: float = 0.0
    reach: int = 2000


@dataclass(frozen=True)
class SessionNeighbours:
    """Scores by the nearest of all sessions (Ludewig & Jannach 2018, with their recency weights).

    `found` CSR [n_items, n_sessions] leads from items to sessions, `held` CSR [n_sessions, n_items] back,
    both weighted; `popularity` [n_items], a billionth at most, orders what no neighbour holds.
    """

    found: Any
    held: Any
    popularity: Float32
    options: NeighbourOptions
    kind: str = "session_neighbours"

    @classmethod
    def fit(cls, taken: Interactions, options: NeighbourOptions | None = None) -> SessionNeighbours:
        """The sessions of `taken`; the newest end last, or are the last rows where there are no times."""
        options = options or NeighbourOptions()
        sessions = _newest_last(taken)
        matrix = sessions.matrix()
        counts = np.maximum(sessions.popularity(), 1).astype(np.float64)
        shares = np.maximum(sessions.lengths, 1).astype(np.float64) ** -options.crowding
        rare = (counts / counts.max(initial=1)) ** -options.rarity
        found = _newest(sparse.csr_array(matrix.T), options.reach)
        found = sparse.diags_array(rare) @ found @ sparse.diags_array(shares)
        held = matrix @ sparse.diags_array(counts**-options.right_exponent)
        found, held = (sparse.csr_array(part, dtype=np.float32) for part in (found, held))
        return cls(found, held, faint(taken), options)

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`: roots of summed nearness; `users` make no difference."""
        near = sparse.csr_array(recency(histories, self.options.forgetting) @ self.found)
        _keep_nearest(near, self.options.k)
        scores: Float32 = (near @ self.held).toarray()
        scores += self.popularity
        np.sqrt(scores, out=scores)  # nearer to a normal distribution, as a mixture wants it
        return scores

    def save(self, folder: Path) -> None:
        """Write the sessions and the options into `folder`."""
        arrays = {**arrays_of("found", self.found), **arrays_of("held", self.held)}
        keep(folder, self.kind, {**arrays, "popularity": self.popularity}, **asdict(self.options))

    @classmethod
    def load(cls, folder: Path) -> SessionNeighbours:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        arrays, options = kept(folder, cls.kind)
        n, sessions = len(arrays["popularity"]), len(arrays["held_starts"]) - 1
        found = matrix_of("found", arrays, (n, sessions))
        held = matrix_of("held", arrays, (sessions, n))
        return cls(found, held, arrays["popularity"], NeighbourOptions(**options))


def _newest_last(taken: Interactions) -> Interactions:
    """The sessions that hold something, the newest last; kinds of events make no difference."""
    rows = np.flatnonzero(taken.lengths > 0)
    if taken.times is not None:
        rows = rows[np.argsort(taken.times[taken.starts[1:][rows] - 1], kind="stable")]
    ordered = taken.take(rows)
    return Interactions(taken.n_items, ordered.starts, ordered.items)


def _newest(sessions_of: Any, reach: int) -> Any:
    """Of each item's sessions the last `reach`."""
    ends = np.repeat(sessions_of.indptr[1:], np.diff(sessions_of.indptr))
    kept = ends - np.arange(sessions_of.nnz) <= reach
    starts = np.append(0, np.cumsum(kept))[sessions_of.indptr]
    return sparse.csr_array(
        (sessions_of.data[kept], sessions_of.indices[kept], starts), shape=sessions_of.shape
    )


def _keep_nearest(near: Any, k: int) -> None:
    """Set to zero, in place, whatever lies behind a row's k-th highest entry."""
    for row in np.flatnonzero(np.diff(near.indptr) > k):
        entries = near.data[near.indptr[row] : near.indptr[row + 1]]
        entries[entries < np.partition(entries, len(entries) - k)[len(entries) - k]] = 0
