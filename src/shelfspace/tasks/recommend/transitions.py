"""What follows what: a recommender in closed form, from the newest events on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from shelfspace.data.interactions import Interactions
from shelfspace.objectives.spectral import followed_by, normalised_cooccurrence
from shelfspace.tasks.recommend.kept import arrays_of, keep, kept, matrix_of

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TransitionOptions:
    """How transitions are counted, normalised and followed.

    A pair counts less the further apart (`fading`) and, by `crowding`, the longer the user's history; what
    came before counts `backward` as much as what came after. Rows are divided by their sum to
    `left_exponent`, columns to `right_exponent` (0 keeps popularity, 1 takes it out). Of a history the newest
    event counts most, the n-th newest n^−`forgetting` as much.
    """

    window: int = 10
    fading: float = 0.5
    crowding: float = 0.0
    backward: float = 0.5
    left_exponent: float = 0.5
    right_exponent: float = 0.2
    forgetting: float = 1.0


@dataclass(frozen=True)
class Transitions:
    """Scores by the normalised graph of transitions, `graph` CSR [n_items, n_items].

    `popularity` [n_items], between 0 and a billionth, orders what no transition reaches, and is all that a
    user without events is served by.
    """

    graph: Any
    popularity: Float32
    options: TransitionOptions
    kind: str = "transitions"

    @classmethod
    def fit(cls, taken: Interactions, options: TransitionOptions | None = None) -> Transitions:
        """The transitions of `taken`, in which each user's events stand in time order."""
        options = options or TransitionOptions()
        after = followed_by(taken, window=options.window, fading=options.fading, crowding=options.crowding)
        both = after + options.backward * after.T if options.backward else after
        graph = normalised_cooccurrence(both, options.left_exponent, options.right_exponent)
        return cls(graph, faint(taken), options)

    def scores(self, histories: Interactions, users: npt.NDArray[np.int64] | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`: roots of weighed counts; `users` make no difference."""
        recent = recency(histories, self.options.forgetting)
        scores: Float32 = (recent @ self.graph).toarray()
        scores += self.popularity
        np.sqrt(scores, out=scores)  # nearer to a normal distribution, as a mixture wants it
        return scores

    def save(self, folder: Path) -> None:
        """Write the graph and the options into `folder`."""
        arrays = {**arrays_of("graph", self.graph), "popularity": self.popularity}
        keep(folder, self.kind, arrays, **asdict(self.options))

    @classmethod
    def load(cls, folder: Path) -> Transitions:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        arrays, options = kept(folder, cls.kind)
        n = len(arrays["popularity"])
        graph = matrix_of("graph", arrays, (n, n))
        return cls(graph, arrays["popularity"], TransitionOptions(**options))


def recency(histories: Interactions, forgetting: float) -> Any:
    """CSR [n, n_items]: the newest event 1, the n-th newest n^−`forgetting`; repeats are added up."""
    ends = np.repeat(histories.starts[1:], histories.lengths)
    age = (ends - np.arange(len(histories))).astype(np.float32)
    shape = (histories.n_users, histories.n_items)
    return sparse.csr_array((age**-forgetting, histories.items, histories.starts), shape=shape)


def faint(taken: Interactions) -> Float32:
    """The items' shares of all events times a billionth: too little to turn any other score round."""
    counts = taken.popularity().astype(np.float64)
    return np.asarray(1e-9 * counts / max(counts.max(initial=0.0), 1.0), np.float32)
