"""Longer lists re-ordered into shorter, more varied ones, by one knob from 0 (as they are) to 1.

Candidates int64 `[n, m]` are rows of items, best first, -1 for none (at the end of a row), with their scores
float32 `[n, m]`, which are brought to 0…1 within a row, so that the knob means the same for every scorer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
Method = Literal["mmr", "dpp"]

_AT_ONCE = 1 << 24  # numbers: 64 MiB of float32
_LEAST = 1e-4  # what is left of an item that others span: below, float32 has no digits that mean anything


def diversified(
    candidates: Int64, scores: Float32, k: int, diversity: float, vectors: Float32, method: Method = "mmr"
) -> Int64:
    """The k items `[n, k]` of each row, -1 where it has fewer: all candidates re-ordered, then cut at k.

    `diversity` 0 leaves each row as it is, 1 looks at nothing but variety after the first item; between them
    it weighs the two. `vectors` float32 `[n_items, dim]` say what is alike, by their cosines; a zero vector
    is like nothing. Candidates of equal worth keep their order, and so does the result for equal inputs.

    "mmr" takes next what has the largest (1 − x) r − x max cos over those chosen, x the diversity and r the
    score (Carbonell and Goldstein 1998). "dpp" takes what has the largest (1 − x) r + x log of the squared
    distance from the span of those chosen, the greedy maximum of a determinantal point process (Chen et al.
    2018, algorithm 1, with the kernel of equation 10 and their θ = 1 − x).

    Differs from the papers: scores are scaled within the row, and where a dpp has no more room to span, what
    is left follows by score instead of ending the list.

    Raises `OptionError` for k < 1, a diversity outside 0…1 or an unknown method.
    """
    _check(k, diversity, method)
    if diversity == 0:
        return first(candidates, k)
    found = np.full((len(candidates), k), -1, np.int64)
    for rows in blocks(len(candidates), candidates.shape[1] * (vectors.shape[1] + k)):
        near = _unit(vectors[np.maximum(candidates[rows], 0)])
        gain = _Closest(near) if method == "mmr" else _Span(near, min(k, candidates.shape[1]))
        worth = (1 - diversity) * scaled(candidates[rows], scores[rows])
        found[rows] = greedy(candidates[rows], worth, k, gain, diversity)
    return found


class Gain(Protocol):
    """What each candidate would add to a list beside its score, and how that changes as the list grows."""

    def now(self) -> Float32:
        """What each candidate would add to the lists as they are, `[n, m]`."""
        ...

    def choose(self, picked: Int64) -> None:
        """Take the columns `picked` `[n]` into the lists."""
        ...


def greedy(candidates: Int64, worth: Float32, k: int, gain: Gain, weight: float) -> Int64:
    """The k candidates `[n, k]` of each row, each the best by worth + weight · gain when its turn comes."""
    n, m = candidates.shape
    found = np.full((n, k), -1, np.int64)
    left = np.where(candidates >= 0, np.float32(0), np.float32(-np.inf))
    rows = np.arange(n)
    for place in range(min(k, m)):
        picked = (worth + np.float32(weight) * gain.now() + left).argmax(axis=1)
        found[:, place] = np.where(left[rows, picked] == 0, candidates[rows, picked], -1)
        left[rows, picked] = -np.inf
        gain.choose(picked)
    return found


def scaled(candidates: Int64, scores: Float32) -> Float32:
    """Scores brought to 0…1 within each row; 0 where all are equal and for what is no candidate.

    The worst finite score stands for those of -inf, the best for those of inf, and NaN counts as the worst.
    """
    kept = (candidates >= 0) & np.isfinite(scores)
    high = np.where(kept, scores, -np.inf).max(axis=1, keepdims=True, initial=-np.inf)
    low = np.where(kept, scores, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    some = np.isfinite(high)
    low, high = np.where(some, low, 0), np.where(some, high, 0)
    inside = np.clip(np.where(np.isnan(scores), low, scores), low, high) - low
    spread = np.where(high > low, high - low, 1)
    return np.where(candidates >= 0, inside / spread, 0).astype(np.float32)


def first(candidates: Int64, k: int) -> Int64:
    """The first k candidates `[n, k]` of each row, -1 where it has fewer."""
    found = np.full((len(candidates), k), -1, np.int64)
    found[:, : candidates.shape[1]] = candidates[:, :k]
    return found


class _Closest:
    """Minus the cosine of each candidate with the nearest one chosen; 0 before any is."""

    def __init__(self, near: Float32) -> None:
        self._near = near
        self._closest: Float32 | None = None

    def now(self) -> Float32:
        return np.zeros(self._near.shape[:2], np.float32) if self._closest is None else -self._closest

    def choose(self, picked: Int64) -> None:
        cosines = _with_picked(self._near, picked)
        self._closest = cosines if self._closest is None else np.maximum(self._closest, cosines)


class _Span:
    """The log of each candidate's squared distance from the span of those chosen, a Cholesky row each."""

    def __init__(self, near: Float32, k: int) -> None:
        n, m, _ = near.shape
        self._near = near
        self._rows = np.zeros((n, m, k), np.float32)
        self._left = np.ones((n, m), np.float32)
        self._chosen = 0

    def now(self) -> Float32:
        return np.asarray(np.log(np.maximum(self._left, _LEAST)), np.float32)

    def choose(self, picked: Int64) -> None:
        each, done = np.arange(len(picked)), self._rows[:, :, : self._chosen]
        spanned = np.matmul(done, done[each, picked][:, :, None])[:, :, 0]
        rest = np.sqrt(np.maximum(self._left[each, picked], _LEAST))
        row = (_with_picked(self._near, picked) - spanned) / rest[:, None]
        self._rows[:, :, self._chosen] = row
        self._left = self._left - row * row
        self._chosen += 1


def _with_picked(near: Float32, picked: Int64) -> Float32:
    """The cosines of all candidates with the one picked in their row."""
    return np.asarray(np.matmul(near, near[np.arange(len(picked)), picked][:, :, None])[:, :, 0], np.float32)


def _unit(vectors: Float32) -> Float32:
    lengths = np.linalg.norm(vectors, axis=2, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return np.asarray(unit, np.float32)


def blocks(n: int, numbers_each: int) -> Iterator[slice]:
    """Slices of n rows that need some 16 M numbers at once, a row at least."""
    step = max(1, _AT_ONCE // max(numbers_each, 1))
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def _check(k: int, diversity: float, method: str) -> None:
    if k < 1 or not 0 <= diversity <= 1 or method not in get_args(Method):
        raise OptionError(
            f"{k} items with a diversity of {diversity:g} by {method!r} were asked for.",
            f"k is 1 or more, a diversity is between 0 and 1, the methods are {', '.join(get_args(Method))}.",
            "Choose them within these bounds.",
        )
