"""Which pairs are worth a closer look: lexical and learned neighbours of either side together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from shelfspace.data.neighbours import Neighbours
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.encoders.tokens import Int64
from shelfspace.space.index import Index

K = 5  # trials with 5, 10 and 20 gave the same figures
_MOST_COMPARED = 1_000_000_000  # pairs of vectors, about half a minute on one core


@dataclass(frozen=True)
class PairRows:
    """Pairs of catalogue rows, `left` and `right` int64 `[m]`."""

    left: Int64
    right: Int64

    def __len__(self) -> int:
        return len(self.left)

    def take(self, which: Any) -> PairRows:
        """The pairs at these places, or where a mask holds."""
        return PairRows(self.left[which], self.right[which])

    def keys(self) -> Int64:
        """One number a pair, the same for the same pair."""
        return self.left * (1 << 32) + self.right

    def within(self, others: PairRows) -> Any:
        """Which of these pairs are among `others` too: bool `[m]`."""
        return np.isin(self.keys(), others.keys())

    @staticmethod
    def union(parts: list[PairRows]) -> PairRows:
        """All pairs once, by left row and then by right row."""
        keys = np.unique(np.concatenate([part.keys() for part in parts]))
        return PairRows(keys >> 32, keys & ((1 << 32) - 1))


NO_PAIRS = PairRows(np.empty(0, np.int64), np.empty(0, np.int64))


def neighbour_pairs(found: Neighbours, queries: Int64, items: Int64, *, flipped: bool = False) -> PairRows:
    """The pairs of a neighbour search between the rows `queries` and `items`, `flipped` if items are left.

    Nothing is its own neighbour: where a table is matched with itself, a row finds itself first.
    """
    query, item, _ = found.pairs()
    left, right = queries[query], items[item]
    pairs = PairRows(right, left) if flipped else PairRows(left, right)
    return pairs.take(left != right)


def lexical_pairs(rows: Any, left_rows: Int64, right_rows: Int64, k: int = K) -> PairRows:
    """The k nearest of either side by tokens: `rows` are the unit rows `[n, V]` of all listings, CSR."""
    left, right = rows[left_rows], rows[right_rows]
    k += _itself(left_rows, right_rows)
    return PairRows.union(
        [
            neighbour_pairs(lexical_neighbours(left, right, k), left_rows, right_rows),
            neighbour_pairs(lexical_neighbours(right, left, k), right_rows, left_rows, flipped=True),
        ]
    )


def _itself(left_rows: Int64, right_rows: Int64) -> int:
    """How many neighbours of a row are the row itself: 1 where a table is matched with itself, else 0."""
    return int(len(left_rows) > 0 and np.array_equal(left_rows, right_rows))


def vector_pairs(vectors: Vectors, left_rows: Int64, right_rows: Int64, k: int = K) -> PairRows:
    """The k nearest of either side by vectors `[n, dim]`."""
    parts = []
    k += _itself(left_rows, right_rows)
    for queries, items, flipped in ((left_rows, right_rows, False), (right_rows, left_rows, True)):
        found = Index.build(vectors[items]).search(vectors[queries], k)
        parts.append(neighbour_pairs(found, queries, items, flipped=flipped))
    return PairRows.union(parts)


def learned_pairs(signals: Mapping[str, Any], left_rows: Int64, right_rows: Int64) -> PairRows:
    """The k nearest of either side as the trained encoder sees them.

    By its vectors as long as all can be compared with all; beyond that by its weights on the very tokens, if
    it has such, which cost a hundredth.
    """
    if "learned wording" in signals and len(left_rows) * len(right_rows) > _MOST_COMPARED:
        return lexical_pairs(signals["learned wording"], left_rows, right_rows)
    return vector_pairs(signals["learned meaning"], left_rows, right_rows)
