"""Lists whose mix of categories comes near to the user's own, by one knob from 0 (as they are) to 1."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.diversity import Float32, Int64, blocks, first, greedy, scaled

_SMOOTHING = 0.01


def calibrated(
    candidates: Int64,
    scores: Float32,
    k: int,
    calibration: float,
    mix: npt.NDArray[np.float64],
    shares: Any,
) -> Int64:
    """The k items `[n, k]` of each row, -1 where it has fewer: all candidates re-ordered, then cut at k.

    Each place goes to what has the largest (1 − x) r − x KL(p ‖ q) of the list with it, x the `calibration`
    and r the score within the row: the greedy maximum of Steck 2018, equation 6. p is the user's row of `mix`
    `[n, n_categories]`, as of `mixes`; q the list's mix, smoothed by p; `shares` as of `category_shares`.
    Candidates and scores are those of `tasks.recommend.diversity`. A calibration of 0 leaves each row as it
    is, and so does a user without a mix. Raises `OptionError` for k < 1 or a calibration outside 0…1.
    """
    if k < 1 or not 0 <= calibration <= 1:
        raise OptionError(
            f"{k} items with a calibration of {calibration:g} were asked for.",
            "k is 1 or more and a calibration is between 0 and 1.",
            "Choose them within these bounds.",
        )
    if calibration == 0 or not candidates.size:
        return first(candidates, k)
    found, categories = first(candidates, k), _Categories.of(shares)
    with_mix = np.flatnonzero((mix > 0).any(axis=1))
    for block in blocks(len(with_mix), candidates.shape[1] * (4 * categories.shares.shape[1] + 4)):
        rows = with_mix[block]
        worth = (1 - calibration) * scaled(candidates[rows], scores[rows])
        gain = _Mix(np.maximum(candidates[rows], 0), mix[rows], categories)
        found[rows] = greedy(candidates[rows], worth, k, gain, calibration)
    return found


class _Categories(NamedTuple):
    """Each item's categories and its shares of them, both `[n_items, most]`; a share of 0 fills a row."""

    numbers: Int64
    shares: npt.NDArray[np.float64]

    @classmethod
    def of(cls, shares: Any) -> _Categories:
        sizes = np.diff(shares.indptr)
        places = np.arange(len(shares.data)) - np.repeat(shares.indptr[:-1], sizes)
        rows, most = np.repeat(np.arange(len(sizes)), sizes), int(sizes.max(initial=0))
        numbers, values = np.zeros((len(sizes), most), np.int64), np.zeros((len(sizes), most))
        numbers[rows, places], values[rows, places] = shares.indices, shares.data
        return cls(numbers, values)


class _Mix:
    """Minus the divergence of the user's mix from that of the list with each candidate in it."""

    def __init__(self, items: Int64, own: npt.NDArray[np.float64], categories: _Categories) -> None:
        self._own = own
        self._numbers = categories.numbers[items]
        self._shares = categories.shares[items]
        self._known = np.asarray((self._shares > 0).any(axis=2), np.bool_)
        self._rows = np.arange(len(items))
        self._sums = np.zeros_like(own)  # of the shares of what is chosen
        self._chosen = np.zeros(len(items))  # how many have a category: each adds 1 to the sums

    def now(self) -> Float32:
        weight = np.where(self._known, self._chosen[:, None] + 1, np.maximum(self._chosen, 1)[:, None])
        whole = np.where(self._known, self._whole(self._chosen + 1), self._whole(np.maximum(self._chosen, 1)))
        # A candidate changes no more than the terms of its own categories: the others are summed up once.
        where = self._rows[:, None, None], self._numbers
        own, before, wide = self._own[where], self._sums[where], weight[:, :, None]
        change = _terms(own, (before + self._shares) / wide) - _terms(own, before / wide)
        return np.asarray(-(whole + change.sum(axis=2)), np.float32)

    def choose(self, picked: Int64) -> None:
        where = self._rows[:, None], self._numbers[self._rows, picked]
        np.add.at(self._sums, where, self._shares[self._rows, picked])
        self._chosen += self._known[self._rows, picked]

    def _whole(self, weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The divergence `[n, 1]` of what is chosen, if it weighs `weight` `[n]`."""
        return np.asarray(_terms(self._own, self._sums / weight[:, None]).sum(axis=1)[:, None], np.float64)


def _terms(own: npt.NDArray[np.float64], shown: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """p log(p / ((1 − a) q + a p)) of each category, 0 where p is."""
    smooth = (1 - _SMOOTHING) * shown + _SMOOTHING * own
    ratio = np.divide(own, smooth, out=np.ones_like(smooth), where=own > 0)
    return np.asarray(own * np.log(ratio), np.float64)
