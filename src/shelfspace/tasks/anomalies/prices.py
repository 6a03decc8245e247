"""Prices that are far from those of the products nearest to them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from shelfspace.space.space import Space
from shelfspace.tasks.anomalies.judged import judged
from shelfspace.tasks.anomalies.suspicion import Suspicion

Float64 = npt.NDArray[np.float64]

_K = 15
_FEWEST = 4  # priced neighbours, below which nothing is usual
_SHRUNK = 5.0  # how many neighbours the usual spread is worth beside a product's own ones
_SMALLEST = 0.05  # of a logarithm: prices of hardly any spread are not held against their narrowness
_SLIPS = (10.0, 100.0, 0.1, 0.01)
_USUAL = 2.0  # spreads within which a mended price has to lie
_MOST = 5_000
_MARK = 0.75  # of prices made wrong: many a right one is as far as the nearer half of them


def price_suspicions(space: Space, *, false_alarms: float, seed: int = 0) -> Iterator[Suspicion]:
    """Prices that right ones would be as far from their neighbours' with `false_alarms` at most.

    Fifteen neighbours in the space with a price in the same currency say what is usual: the median of the
    logarithms, and their spread, shrunk towards that of the whole catalogue. How wrong prices look is learned
    from slips of the decimal sign and from prices of other products. A slip that explains the price is
    mended; of others it is only said what is usual.
    """
    table = space.catalog.table
    priced = (table["price"] > 0).fill_null(False).to_numpy()
    if priced.sum() <= _K:
        return
    logs = np.full(len(table), np.nan)
    logs[priced] = np.log(table["price"].to_numpy()[priced])
    centre, spread, count = _usual(space, logs)
    rows = np.flatnonzero(priced & (count >= _FEWEST))
    if not len(rows):
        return
    centre, spread = centre[rows], _shrunk(spread[rows], count[rows])
    far = np.abs(logs[rows] - centre) / spread
    p_values, chances = judged(far, _made_wrong(logs[rows], centre, spread, seed), mark=_MARK)
    prices, currencies = table["price"], table["currency"]
    for k in np.flatnonzero((p_values <= false_alarms) & (chances >= 0.5)):
        row = int(rows[k])
        unit = currencies[row] or ""
        low, high = np.exp(centre[k] - spread[k]), np.exp(centre[k] + spread[k])
        times = np.exp(abs(logs[row] - centre[k]))
        side = "above" if logs[row] > centre[k] else "below"
        why = (
            f"{times:.1f} times {side} what alike products cost ({low:.2f} to {high:.2f} {unit}".rstrip()
            + ")"
        )
        mended = _mended(logs[row], centre[k], spread[k])
        suggested = None if mended is None else f"{mended:.2f}"
        yield Suspicion(row, "price", why, "price", f"{prices[row]:.2f}", suggested, float(p_values[k]))


def _usual(space: Space, logs: Float64) -> tuple[Float64, Float64, npt.NDArray[np.int64]]:
    """The median of the neighbours' logarithms, their spread, and how many neighbours there are `[n]`."""
    n = len(space)
    ids = space.neighbours(space.vectors, min(_K + 1, n)).ids
    currency = space.catalog.table["currency"].fill_null("").rank("dense").to_numpy()
    near = np.where(ids >= 0, logs[ids], np.nan)
    near[(ids == np.arange(n)[:, None]) | (currency[ids] != currency[:, None])] = np.nan
    count = np.isfinite(near).sum(axis=1)
    known = count > 0
    centre, spread = np.zeros(n), np.zeros(n)
    centre[known] = np.nanmedian(near[known], axis=1)
    spread[known] = 1.4826 * np.nanmedian(np.abs(near[known] - centre[known, None]), axis=1)
    return centre, spread, count


def _shrunk(spread: Float64, count: npt.NDArray[np.int64]) -> Float64:
    typical = max(float(np.median(spread)), _SMALLEST)
    return np.sqrt((count * spread**2 + _SHRUNK * typical**2) / (count + _SHRUNK))


def _made_wrong(logs: Float64, centre: Float64, spread: Float64, seed: int) -> Float64:
    """How far prices are that slipped by a decimal, or belong to another product."""
    rng = np.random.default_rng(seed)
    picked = rng.choice(len(logs), min(len(logs), _MOST), replace=False)
    slipped = logs[picked] + np.log(rng.choice(_SLIPS, len(picked)))
    swapped = logs[rng.permutation(len(logs))[: len(picked)]]
    wrong = np.where(rng.random(len(picked)) < 0.5, slipped, swapped)
    return np.asarray(np.abs(wrong - centre[picked]) / spread[picked])


def _mended(price: float, centre: float, spread: float) -> float | None:
    """The price with its decimal sign where it makes it usual; None where no place does."""
    tried = [price - np.log(slip) for slip in _SLIPS]
    best = min(tried, key=lambda one: abs(one - centre))
    return float(np.exp(best)) if abs(best - centre) <= _USUAL * spread else None
