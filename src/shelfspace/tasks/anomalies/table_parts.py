"""What tells strange rows of a table, each part in its own way, learned from some of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.space.nearest import engine, engine_threads
from shelfspace.training.row_parts import RowParts, learn_parts

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

NEAREST = 5
_MEMORY = 20_000  # rows that others are compared with


@dataclass(frozen=True)
class TableParts:
    """A memory of known rows [m, d], an isolation forest, and what was learned by contrast."""

    known: Float32
    forest: Any
    contrast: RowParts | None

    def scores(self, rows: Float32) -> dict[str, Float64]:
        """How strange each of `rows` [n, d] is to each part, [n] each, higher is stranger."""
        distances, _ = nearest(rows, self.known, NEAREST)
        found = {
            "nearest rows": distances.mean(axis=1),
            "isolation": np.asarray(-self.forest.score_samples(rows), np.float64),
        }
        return found if self.contrast is None else found | {"parts of the row": self.contrast.scores(rows)}


def learn_table_parts(rows: Float32, *, steps: int, seed: int) -> TableParts:
    """The parts, taught on `rows` [n, d] of one scale; see `learn_parts` for `steps`."""
    from sklearn.ensemble import IsolationForest

    rng = np.random.default_rng(seed)
    kept = rng.permutation(len(rows))[:_MEMORY]
    return TableParts(
        np.ascontiguousarray(rows[kept]),
        IsolationForest(random_state=seed, n_jobs=1).fit(rows),
        learn_parts(rows, steps=steps, seed=seed),
    )


def nearest(rows: Float32, known: Float32, k: int) -> tuple[Float64, npt.NDArray[np.int64]]:
    """Distances and places [n, k] of the nearest of `known` [m, d], nearest first; m where that is fewer."""
    with engine_threads(len(rows)):
        squares, places = engine().knn(np.ascontiguousarray(rows), known, min(k, len(known)))
    return np.sqrt(np.maximum(squares, 0)).astype(np.float64), places.astype(np.int64)
