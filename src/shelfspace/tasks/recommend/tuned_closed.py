"""The options of a closed form, chosen one after the other by what validation users took next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from shelfspace.tasks.recommend.continuations import Continuations, reached, target_ranks
from shelfspace.tasks.recommend.ranked import Seen
from shelfspace.tasks.recommend.scorer import Recommender

Options = TypeVar("Options")

#: The values tried of each option of `Transitions`, the most telling option first.
TRANSITION_GRID: Mapping[str, Sequence[float]] = {
    "backward": (0.0, 0.25, 0.5, 1.0),
    "right_exponent": (0.0, 0.1, 0.2, 0.3, 0.4),
    "forgetting": (0.5, 1.0, 1.5, 2.0),
    "left_exponent": (0.3, 0.5, 0.7),
    "fading": (0.25, 0.5, 1.0),
}
#: Those of `SessionNeighbours`.
NEIGHBOUR_GRID: Mapping[str, Sequence[float]] = {
    "crowding": (0.0, 0.5, 1.0),
    "rarity": (0.0, 0.5, 1.0),
    "forgetting": (0.5, 1.0, 2.0),
    "right_exponent": (0.0, 0.15, 0.3),
}


def tuned(
    fit: Callable[[Options], Recommender],
    start: Options,
    grid: Mapping[str, Sequence[float]],
    asked: Continuations,
    *,
    seen: Seen = "exclude",
    rounds: int = 2,
) -> Options:
    """The options, from `start` on, by which `fit` gives the recommender with the best ndcg@20 on `asked`.

    One option after the other takes its best value of `grid`, in so many `rounds`, fewer where one changes
    nothing. `start` where nothing is asked.
    """
    if not len(asked):
        return start
    tried: dict[Options, float] = {}

    def figure(options: Options) -> float:
        if options not in tried:
            tried[options] = float(reached(target_ranks(fit(options), asked, seen=seen)).mean())
        return tried[options]

    best = start
    for _ in range(rounds):
        before = best
        for name, values in grid.items():
            others = [_with(best, name, value) for value in values]
            # The one that stands comes first, and stays among equals.
            best = max([best, *others], key=figure)
        if best == before:
            break
    return best


def _with(options: Options, name: str, value: float) -> Options:
    changed: Any = replace(options, **{name: value})  # type: ignore[type-var]
    return changed  # type: ignore[no-any-return]
