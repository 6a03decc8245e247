"""What sets a group of users apart from the rest: traits of what they take, with lift and counts."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.tasks.shoppers.traits import Traits

APART_SCHEMA: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "value": pl.String(),
    "users": pl.Int64(),
    "share": pl.Float64(),
    "share_rest": pl.Float64(),
    "lift": pl.Float64(),
    "z": pl.Float64(),
}
_DOUBT = 0.05  # the chance that any trait of any group is there by chance
_LEAST_USERS = 3
#: How each kind is introduced in a description, and how many of it are named.
_SHOWN = {
    "category": ("takes", 3),
    "brand": ("of", 3),
    "color": ("in", 1),
    "word": ("called", 4),
    "price": ("at prices of the", 1),
}


def apart(traits: Traits, took: Any, inside: npt.NDArray[np.bool_], n_groups: int = 1) -> pl.DataFrame:
    """The traits that users `inside` `[n_users]` take more often than the rest, the surest first.

    `took` is sparse bool `[n_users, n_traits]`, as of `Traits.of_users`. Columns as of `APART_SCHEMA`: how
    many users inside took it, their share, that of the rest, the lift (the ratio, half a user added on both
    sides so that it is finite) and z, that of two proportions. Only what is beyond chance is listed: z above
    the bound for a one-sided 5 % over all traits and `n_groups` groups (Bonferroni), 3 users at least. Empty
    where nobody is inside or nobody is outside.
    """
    n_in = int(inside.sum())
    n_out = len(inside) - n_in
    if not n_in or not n_out or not len(traits):
        return pl.DataFrame(schema=APART_SCHEMA)
    within = np.asarray(took[np.flatnonzero(inside)].sum(axis=0), np.float64).ravel()
    outside = np.asarray(took.sum(axis=0), np.float64).ravel() - within
    pooled = (within + outside) / (n_in + n_out)
    error = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n_in + 1 / n_out), 1e-12))
    z = (within / n_in - outside / n_out) / error
    lift = ((within + 0.5) / (n_in + 1)) / ((outside + 0.5) / (n_out + 1))
    bound = NormalDist().inv_cdf(1 - _DOUBT / (len(traits) * max(n_groups, 1)))
    figures = {
        "users": within.astype(np.int64),
        "share": within / n_in,
        "share_rest": outside / n_out,
        "lift": lift,
        "z": z,
    }
    table = traits.table.with_columns(pl.Series(name, value) for name, value in figures.items())
    kept = table.filter((pl.col("z") > bound) & (pl.col("users") >= _LEAST_USERS))
    return kept.sort("z", "value", descending=[True, False]).select(*APART_SCHEMA)


def in_words(found: pl.DataFrame) -> str:
    """The surest traits of `apart` in a line.

    >>> in_words(pl.DataFrame(schema=APART_SCHEMA))
    'nothing that sets it apart'
    """
    said = []
    for kind, (head, most) in _SHOWN.items():
        rows = found.filter(pl.col("kind") == kind).head(most).rows(named=True)
        if rows:
            said.append(f"{head} " + ", ".join(f"{row['value']} ({row['lift']:.1f}×)" for row in rows))
    return "; ".join(said) or "nothing that sets it apart"
