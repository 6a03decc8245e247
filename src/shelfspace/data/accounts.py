"""Accounts: what is known of each, who is connected with whom, and which are known to be fraud or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.errors import FeedError

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

FRAUD, HONEST, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class Accounts:
    """`ids` [n], features [n, d] under the names `columns`, undirected `edges` [m, 2] of rows, and `labels`.

    `labels` [n] are `FRAUD`, `HONEST` or `UNKNOWN`. Edges are kept once each, the smaller row first and in
    order; loops and repetitions are dropped. Raises `FeedError` for shapes that do not fit, ids that repeat,
    features that are not finite, edges of rows that are not there, and other labels.
    """

    ids: tuple[str, ...]
    columns: tuple[str, ...]
    features: Float64
    edges: Int64
    labels: Int64

    def __post_init__(self) -> None:
        n = len(self.ids)
        if self.features.shape != (n, len(self.columns)) or self.labels.shape != (n,) or self.edges.ndim != 2:
            raise FeedError(
                f"{n} accounts have features {self.features.shape} in {len(self.columns)} columns, labels "
                f"{self.labels.shape} and edges {self.edges.shape}.",
                "Features are [accounts, columns], labels [accounts] and edges [edges, 2].",
                "Mend the tables.",
            )
        if len(set(self.ids)) < n:
            twice = next(id for place, id in enumerate(self.ids) if id in self.ids[:place])
            raise FeedError(f"The account {twice} stands twice.", "Each has one row.", "Join its rows.")
        if not np.isfinite(self.features).all():
            raise FeedError(
                "Some features are missing or infinite.", "All are finite.", "Read them with read_accounts."
            )
        if len(self.edges) and (self.edges.min() < 0 or self.edges.max() >= n):
            raise FeedError(
                f"Edges name rows {self.edges.min()} to {self.edges.max()} of {n} accounts.",
                "They name rows of the table of accounts.",
                "Drop the others.",
            )
        if not np.isin(self.labels, (FRAUD, HONEST, UNKNOWN)).all():
            raise FeedError(
                f"The labels are {sorted(set(self.labels.tolist()))[:5]}.",
                "They are 1 for fraud, 0 for honest and -1 for unknown.",
                "Rewrite them.",
            )
        object.__setattr__(self, "edges", once(self.edges, n))

    def __len__(self) -> int:
        return len(self.ids)


def once(edges: Int64, n: int) -> Int64:
    """Undirected edges [m, 2] among `n` rows, each once, the smaller row first, without loops, in order."""
    pairs = np.sort(np.asarray(edges, np.int64).reshape(-1, 2), axis=1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    keys = np.unique(pairs[:, 0] * max(n, 1) + pairs[:, 1])
    return np.stack([keys // max(n, 1), keys % max(n, 1)], axis=1)
