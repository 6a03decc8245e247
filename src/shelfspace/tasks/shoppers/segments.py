"""Segments: users of like tastes, and what sets each of them apart in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from shelfspace.data.interactions import Float32, Int64
from shelfspace.tasks.groups.kmeans import best_count, spherical_kmeans, strengths
from shelfspace.tasks.shoppers.apart import APART_SCHEMA, apart, in_words
from shelfspace.tasks.shoppers.traits import Traits


@dataclass(frozen=True)
class Segments:
    """`labels` int64 `[n_users]` from 0, the largest segment first, -1 for users without a taste.

    `centres` `[n, dim]` are unit, `closeness` `[n_users]` each user's cosine with the own one. `traits` has,
    a table a segment, what its users take more often than the rest (see `apart`). `strengths` tells how well
    clusters of each number were found again, empty where the number was given.
    """

    labels: Int64
    centres: Float32
    closeness: Float32
    traits: tuple[pl.DataFrame, ...]
    strengths: dict[int, float]

    def __len__(self) -> int:
        return len(self.centres)

    def description(self, segment: int) -> str:
        """What sets a segment apart, in a line."""
        return in_words(self.traits[segment])

    def table(self) -> pl.DataFrame:
        """A row a segment: segment, users, share, closeness (the mean), description."""
        sizes = np.bincount(self.labels[self.labels >= 0], minlength=len(self))
        total = max(int(sizes.sum()), 1)
        inside = np.bincount(
            self.labels[self.labels >= 0], self.closeness[self.labels >= 0], minlength=len(self)
        )
        return pl.DataFrame(
            {
                "segment": np.arange(len(self)),
                "users": sizes,
                "share": sizes / total,
                "closeness": inside / np.maximum(sizes, 1),
                "description": pl.Series(map(self.description, range(len(self))), dtype=pl.String),
            }
        )

    def trait_table(self) -> pl.DataFrame:
        """All traits of all segments: segment, and the columns of `APART_SCHEMA`."""
        parts = [
            table.select(pl.lit(number, pl.Int64).alias("segment"), pl.all())
            for number, table in enumerate(self.traits)
        ]
        return pl.concat(parts) if parts else pl.DataFrame(schema={"segment": pl.Int64(), **APART_SCHEMA})


def segments_of(
    tastes: Float32, traits: Traits, took: Any, n: int | None = None, *, seed: int = 0
) -> Segments:
    """Users with unit `tastes` `[n_users, dim]` in `n` segments, or in as many as are found again.

    `took` is sparse bool `[n_users, n_traits]`. Users with a zero taste are in none. Raises `OptionError` for
    n < 1.
    """
    tried = strengths(tastes, seed=seed) if n is None else {}
    labels, centres = spherical_kmeans(tastes, best_count(tried) if n is None else n, seed=seed)
    nearest = np.append(centres, np.zeros((1, tastes.shape[1]), np.float32), axis=0)[labels]
    closeness = np.asarray((tastes * nearest).sum(axis=1), np.float32)
    known = np.flatnonzero(labels >= 0)
    told = took[known]
    tables = tuple(apart(traits, told, labels[known] == i, len(centres)) for i in range(len(centres)))
    return Segments(labels, centres, closeness, tables, tried)
