"""Drift: whether what a user wants has changed, beyond what chance and a few odd visits would show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.errors import OptionError
from shelfspace.tasks.shoppers.tastes import summed, unit

Float64 = npt.NDArray[np.float64]

SESSION_GAP_SECONDS = 1_800.0
_LEAST_SESSIONS = 2  # on either side
_PERMUTATIONS = 999
_ROUNDING = 1e-6  # of a cosine in float32


@dataclass(frozen=True)
class Drifts:
    """How the two periods of each of n users compare; users with too few sessions are not `tested`.

    `cosine` `[n]` is that of the period's vectors and `expected` what it is on average when the sessions are
    dealt to the periods at random: a cosine well below it is drift. `p` is the share of deals with so low a
    cosine, `q` the false discovery rate if all users with so low a p were called drifted (Benjamini and
    Hochberg 1995). Untested users have a cosine and an expected one of 0, p and q of 1. `split` `[n_users]`
    is the number of events in the first period.
    """

    sessions: Int64
    split: Int64
    cosine: Float64
    expected: Float64
    p: Float64
    q: Float64
    tested: npt.NDArray[np.bool_]


def drifts(
    histories: Interactions,
    vectors: Float32,
    *,
    at: datetime | None = None,
    permutations: int = _PERMUTATIONS,
    seed: int = 0,
) -> Drifts:
    """How each user's later sessions differ from the earlier ones, beside random deals of the same sessions.

    The periods are what came before and after `at`, or the halves of each user's sessions. A session ends
    with half an hour of rest; it is dealt as a whole and counts as much as any other, for what is looked at
    in one visit is alike and proves no lasting interest. Two sessions are needed on either side. `vectors`
    `[n_items, dim]` are those of the products. Raises `OptionError` where the histories have no times, or
    for fewer than one permutation.
    """
    if histories.times is None or permutations < 1:
        raise OptionError(
            f"Histories {'with' if histories.times is not None else 'without'} times and {permutations} "
            "permutations were given.",
            "Drift is over time, and is held against one permutation at least.",
            "Read a log that has a timestamp column, and permute some hundred times.",
        )
    begins, owners = _sessions(histories)
    weights = np.ones(len(histories)) if histories.weights is None else histories.weights.astype(np.float64)
    each = Interactions(histories.n_items, np.append(begins, len(histories)), histories.items)
    sums = unit(summed(each, weights, vectors))
    n_sessions = np.bincount(owners, minlength=histories.n_users)
    ends = n_sessions.cumsum()
    found = np.zeros((3, histories.n_users))
    found[2] = 1.0
    split, tested = np.zeros(histories.n_users, np.int64), np.zeros(histories.n_users, np.bool_)
    rng = np.random.default_rng(seed)
    for user, (start, end) in enumerate(zip(ends - n_sessions, ends, strict=True)):
        early = _early(histories.times[begins[start:end]], at)
        split[user] = (begins[start + early] if early < end - start else histories.starts[user + 1]) - (
            histories.starts[user]
        )
        tested[user] = min(early, end - start - early) >= _LEAST_SESSIONS
        if tested[user]:
            found[:, user] = _compared(sums[start:end], early, permutations, rng)
    q = np.ones(histories.n_users)
    q[tested] = false_discovery(found[2, tested])
    return Drifts(n_sessions.astype(np.int64), split, found[0], found[1], found[2], q, tested)


def _sessions(histories: Interactions) -> tuple[Int64, Int64]:
    """The number of each session's first event, and the user whose it is."""
    times, users = np.asarray(histories.times), histories.users
    rested = np.diff(times, prepend=-np.inf) > SESSION_GAP_SECONDS
    new = rested | (np.diff(users, prepend=-1) != 0)
    begins = np.flatnonzero(new).astype(np.int64)
    return begins, users[begins]


def _early(times: Float64, at: datetime | None) -> int:
    """How many of a user's sessions, which began at `times`, are in the first period."""
    return len(times) // 2 if at is None else int(np.searchsorted(times, at.timestamp()))


def _compared(
    sums: Float32, early: int, permutations: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """The periods' cosine, its mean over deals, and the share of deals whose cosine is as low."""
    dealt = np.zeros((permutations + 1, len(sums)), np.float32)
    dealt[0, :early] = 1
    order = rng.random((permutations, len(sums))).argsort(axis=1)[:, :early]
    np.put_along_axis(dealt[1:], order, 1, axis=1)
    first = dealt @ sums
    second = sums.sum(axis=0) - first
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosines = np.where(
        lengths > _ROUNDING, (first * second).sum(axis=1) / np.maximum(lengths, _ROUNDING), 0.0
    )
    as_low = np.count_nonzero(cosines <= cosines[0] + _ROUNDING)  # what was seen is one of the deals
    return float(cosines[0]), float(cosines[1:].mean()), as_low / (permutations + 1)


def false_discovery(p: Float64) -> Float64:
    """The q of each p `[n]`: min over p' ≥ p of n p' / rank(p'), at most 1 (Benjamini and Hochberg 1995)."""
    order = np.argsort(p, kind="stable")
    raised = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(raised[::-1])[::-1]
    return np.minimum(q, 1.0)
