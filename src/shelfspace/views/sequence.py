"""Edited looks at a history: cut out a run, leave some out, shuffle a run (CL4SRec, Xie et al. 2022)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Interactions

Bools = npt.NDArray[np.bool_]
Int64 = npt.NDArray[np.int64]


def cropped(histories: Interactions, share: float, rng: np.random.Generator) -> Interactions:
    """A run of `share` of each history's events, one at least, from a random place (section 3.2.1)."""
    inside = _random_run(histories, share, rng)
    return histories.where(inside)


def thinned(histories: Interactions, share: float, rng: np.random.Generator) -> Interactions:
    """Each event left out with the chance `share`; a history keeps its last one at least (section 3.2.2).

    Differs from the paper: what it hides behind a mask is left out, so no item stands for nothing.
    """
    kept = rng.random(len(histories)) >= share
    kept[histories.starts[1:][histories.lengths > 0] - 1] = True
    return histories.where(kept)


def reordered(histories: Interactions, share: float, rng: np.random.Generator) -> Interactions:
    """A run of `share` of each history's events shuffled, from a random place (section 3.2.3).

    Times stay where they were: what is shuffled is the items, each with its weight.
    """
    inside = _random_run(histories, share, rng)
    # Sorting by (history, place) with random places inside the run shuffles it and nothing else.
    place = np.arange(len(histories), dtype=np.float64)
    first = np.flatnonzero(inside & ~np.roll(inside & _same_as_next(histories), 1))
    run = np.searchsorted(first, np.flatnonzero(inside), side="right") - 1
    runs = np.bincount(run, minlength=len(first))
    place[inside] = first[run] + rng.random(len(run)) * runs[run]
    order = np.lexsort((place, histories.users))
    weights = None if histories.weights is None else histories.weights[order]
    return Interactions(histories.n_items, histories.starts, histories.items[order], histories.times, weights)


def edited(histories: Interactions, rng: np.random.Generator) -> Interactions:
    """One look at each history, the histories in their order: all cropped, all thinned or all reordered.

    The shares are those the paper found good on goods: a run of 0.6, 0.3 left out, a run of 0.5 shuffled.
    """
    chosen = int(rng.integers(3))
    if chosen == 0:
        return cropped(histories, 0.6, rng)
    return thinned(histories, 0.3, rng) if chosen == 1 else reordered(histories, 0.5, rng)


def _random_run(histories: Interactions, share: float, rng: np.random.Generator) -> Bools:
    """Marks [m] a run of `share` of each history, one event at least, that begins anywhere it fits."""
    lengths = histories.lengths
    sizes = np.where(lengths > 0, np.maximum(1, np.floor(share * lengths)), 0).astype(np.int64)
    begins = np.floor(rng.random(len(lengths)) * (lengths - sizes + 1)).astype(np.int64)
    users = histories.users
    place = np.arange(len(histories)) - histories.starts[users]
    marked: Bools = (place >= begins[users]) & (place < (begins + sizes)[users])
    return marked


def _same_as_next(histories: Interactions) -> Bools:
    """Whether the event after each one is of the same history, [m]."""
    same = np.ones(len(histories), np.bool_)
    same[histories.starts[1:][histories.lengths > 0] - 1] = False
    return same
