"""Rings in an event log: accounts that meet at the same products in the same days more than chance allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse
from scipy.sparse.csgraph import connected_components

from shelfspace.data.events import Events
from shelfspace.errors import OptionError

Int64 = npt.NDArray[np.int64]

RINGS: dict[str, pl.DataType] = {
    "ring": pl.Int64(),
    "accounts": pl.Int64(),
    "products": pl.Int64(),
    "first": pl.Datetime("us", "UTC"),
    "last": pl.Datetime("us", "UTC"),
    "surprise": pl.Float64(),
    "members": pl.String(),
    "pushed": pl.String(),
}
_MOVED_LOGS = 10
_EDGES_BY_CHANCE = (0.2, 0.05, 0.01, 0.0)  # pairs an account that a moved log has above the bar
_FEWEST_PARTNERS = 2
_FEWEST_MEETINGS = 2


@dataclass(frozen=True)
class Ring:
    """Accounts that act together: `users`, the `products` where they meet, when, and how surprising that is.

    `surprise` is the mean over connected pairs, in nats: minus the logarithm of how likely they would meet so
    by chance.
    """

    users: tuple[str, ...]
    products: tuple[str, ...]
    first: Any
    last: Any
    surprise: float


def find_rings(events: Events, *, days: float = 3.0, fewest: int = 3, seed: int = 0) -> list[Ring]:
    """The rings of a log, most surprising first; events without a time tell nothing.

    Two accounts meet where both act on a product within the same `days`; how surprising their meetings are
    depends on how many could be expected of two who like the same products, and of busy days. It is held
    against ten logs in which each account's whole history is moved in time by chance: its sessions and tastes
    stay as they were, and only acting at the same time as others is lost. Pairs above a bar make a graph, of
    which a ring is a part larger than any that the moved logs have, each member with two partners at least;
    the bar is tried low, for large rings, and high, for small ones. `fewest` accounts make a ring.

    Raises `OptionError` for days that are not above 0 and fewer than 2 accounts.
    """
    if days <= 0 or fewest < 2:
        raise OptionError(
            f"Rings of {fewest} accounts within {days:g} days were asked for.",
            "A ring has two accounts at least and days are above 0.",
            "Mend them.",
        )
    log = events.table.filter(pl.col("timestamp").is_not_null()).select("user_id", "id", "timestamp")
    if not log.height:
        return []
    users, names = _numbered(log["user_id"])
    products, _ = _numbered(log["id"])
    at = log["timestamp"].dt.epoch("s").to_numpy() / 86_400
    rng = np.random.default_rng(seed)
    moved = [_pairs(users, products, _shifted(at, users, rng), days) for _ in range(_MOVED_LOGS)]
    pairs = _pairs(users, products, at, days)
    values = np.sort(np.concatenate([each.data for each in moved]))[::-1]
    taken = np.zeros(len(names), np.bool_)
    found: list[Ring] = []
    for edges in _EDGES_BY_CHANCE:
        allowed = int(edges * len(names) * _MOVED_LOGS)
        bar = float(values[allowed]) if allowed < len(values) else 0.0
        largest = max((len(group) for each in moved for group in _groups(each, bar)), default=0)
        for group in _groups(pairs, bar):
            if len(group) >= max(fewest, largest + 1) and not taken[group].any():
                taken[group] = True
                found.append(_ring(group, pairs, log, names))
    return sorted((ring for ring in found if ring.products), key=lambda ring: -ring.surprise)


def _groups(pairs: Any, bar: float) -> list[Int64]:
    """The parts of the graph of pairs above the bar, once those with a single connection have dropped out."""
    graph = pairs.copy()
    graph.data = np.where(graph.data > bar, 1.0, 0.0)
    graph.eliminate_zeros()
    kept = np.arange(graph.shape[0])
    while len(kept):
        stays = np.asarray(graph.sum(axis=1)) >= _FEWEST_PARTNERS
        if stays.all():
            break
        graph, kept = graph[stays][:, stays], kept[stays]
    if not len(kept):
        return []
    _, part = connected_components(graph, directed=False)
    return [kept[part == each] for each in range(int(part.max()) + 1)]


def connections(events: Events, ids: Sequence[str], *, days: float = 3.0) -> Int64:
    """Edges [m, 2] of rows of `ids`: who met more often than could be expected, twice at least."""
    rows = {name: row for row, name in enumerate(ids)}
    log = events.table.filter(pl.col("timestamp").is_not_null(), pl.col("user_id").is_in(list(rows)))
    if not log.height:
        return np.zeros((0, 2), np.int64)
    users, names = _numbered(log["user_id"])
    at = log["timestamp"].dt.epoch("s").to_numpy() / 86_400
    pairs = _pairs(users, _numbered(log["id"])[0], at, days)
    places = np.array([rows[name] for name in names], np.int64)
    return np.stack([places[side] for side in pairs.nonzero()], axis=1)


def rings_table(rings: list[Ring]) -> pl.DataFrame:
    """A row for each ring, its members and products as texts parted by commas."""
    rows = [
        (
            place + 1,
            len(ring.users),
            len(ring.products),
            ring.first,
            ring.last,
            ring.surprise,
            ", ".join(ring.users),
            ", ".join(ring.products),
        )
        for place, ring in enumerate(rings)
    ]
    return pl.DataFrame(rows, schema=RINGS, orient="row")


def _pairs(users: Int64, products: Int64, at: npt.NDArray[np.float64], days: float) -> Any:
    """How surprising each pair's meetings are, sparse [n, n], in nats.

    k meetings where E are expected: k log(k / E) − k + E, Chernoff's bound of a Poisson tail. Time is cut in
    two ways, half a slot apart, and k is the mean of both, so that no cut parts a ring.
    """
    n = int(users.max()) + 1
    meetings = scipy.sparse.csr_array((n, n))
    for shift in (0.0, 0.5):
        slots = np.floor(at / days + shift).astype(np.int64)
        slots -= slots.min()
        keys = np.unique(products * (slots.max() + 1) + slots, return_inverse=True)[1]
        meetings = meetings + _together(users, keys) / 2
    busy = np.bincount(slots) / len(slots)
    expected = _together(users, products, once=False) * float((busy**2).sum())
    meetings = scipy.sparse.csr_array(meetings.multiply(meetings >= _FEWEST_MEETINGS))
    meetings.setdiag(0)
    meetings.eliminate_zeros()
    if not meetings.nnz:
        return meetings
    rows, columns = meetings.nonzero()
    k, chance = meetings.data, np.asarray(expected[rows, columns]).ravel()
    surprise = np.where(k > chance, k * np.log(k / np.maximum(chance, 1e-9)) - k + chance, 0)
    pairs = scipy.sparse.csr_array((surprise, (rows, columns)), shape=(n, n))
    pairs.eliminate_zeros()
    return pairs


def _together(users: Int64, keys: Int64, *, once: bool = True) -> Any:
    """How often two accounts share a key, sparse [n, n]; `once` counts an account's own repetitions once."""
    shape = (int(users.max()) + 1, int(keys.max()) + 1)
    there = scipy.sparse.csr_array((np.ones(len(users)), (users, keys)), shape=shape)
    if once:
        there.data[:] = 1
    return scipy.sparse.csr_array(there @ there.T)


def _shifted(at: npt.NDArray[np.float64], users: Int64, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Each account's events moved through the time of the log together, by a length drawn for the account."""
    length = max(float(np.ptp(at)), 1e-9)
    return np.asarray(
        (at - at.min() + (rng.random(int(users.max()) + 1) * length)[users]) % length, np.float64
    )


def _ring(rows: Int64, pairs: Any, log: pl.DataFrame, names: list[str]) -> Ring:
    """The ring of some accounts: their products are those that half of them, two at least, acted on."""
    users = tuple(names[row] for row in rows)
    mine = log.filter(pl.col("user_id").is_in(users))
    counts = (
        mine.group_by("id")
        .agg(pl.col("user_id").n_unique().alias("n"))
        .sort("n", "id", descending=[True, False])
    )
    pushed = counts.filter(pl.col("n") >= max(2, len(users) / 2))["id"].to_list()
    there = mine.filter(pl.col("id").is_in(pushed))["timestamp"]
    within = pairs[rows][:, rows]
    surprise = float(within.data.mean()) if within.nnz else 0.0
    return Ring(users, tuple(pushed), there.min(), there.max(), surprise)


def _numbered(values: pl.Series) -> tuple[Int64, list[str]]:
    names = values.unique().sort()
    ranks = values.replace_strict(names, np.arange(len(names)), return_dtype=pl.Int64)
    return ranks.to_numpy(), names.to_list()
