"""The gate: start closed, then learn, and ship what validation data says is better."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Scores = npt.NDArray[Any]
#: The figure of each validation row, higher is better; their mean is the figure of the whole.
Measure = Callable[[Scores], npt.NDArray[Any]]


class Trial(NamedTuple):
    """One candidate's validation: `score`, `gain` over the closed form, and the gain's standard error."""

    name: str
    weights: dict[str, float]
    score: float
    gain: float
    standard_error: float


@dataclass(frozen=True)
class Verdict:
    """What to ship: the `weights` of the standardised scores that `name` stands for, and every `Trial`.

    `scales` holds the mean and standard deviation that bring each part's scores to one scale.
    """

    name: str
    weights: dict[str, float]
    score: float
    table: tuple[Trial, ...]
    scales: dict[str, tuple[float, float]]

    def mix(self, candidates: Mapping[str, Scores]) -> Scores:
        """The shipped score of other things: of the shape of the candidates' scores, on no fixed scale.

        Needs only the parts in `weights`; -inf stays -inf. Raises `OptionError` where one is missing.
        """
        missing = [name for name in self.weights if name not in candidates]
        if missing:
            raise OptionError(
                f"There are no scores of {', '.join(missing)}.",
                f"The shipped mixture is made of {', '.join(self.weights)}.",
                "Score with every part of the mixture.",
            )
        return _mixed(self.weights, candidates, self.scales)


def gate(
    candidates: Mapping[str, Scores], measure: Measure, *, closed: str = "closed", steps: int = 5
) -> Verdict:
    """The best of the candidates and their mixtures, or the closed form where none is surely better.

    `candidates` name arrays of scores of one shape, [pairs] or [queries, items], higher is nearer; each is
    brought to mean 0 and standard deviation 1 over its finite entries. Tried are each alone and all mixtures
    with weights in multiples of 1/`steps`. `measure(scores)` gives one figure a validation row (a query's
    recall, say) and does not depend on their scale; for a figure of the whole, such as F1, see
    `pseudo_values`. The best mean wins if its gain over the candidate named `closed` exceeds that gain's
    standard error over the rows, paired; among equals, the one of fewer parts, and nearer to the closed form.
    Otherwise the closed form is shipped.

    With fewer than two rows nothing is sure, and the closed form is shipped. A candidate with NaN, inf or no
    finite score at all is never shipped. Raises `OptionError` where `closed` is not among the candidates or
    not sound itself, shapes differ, or `steps` < 1.
    """
    _check(candidates, closed, steps)
    sound = {name: scores for name, scores in candidates.items() if _is_sound(scores)}
    if closed not in sound:
        raise OptionError(
            f"The scores of {closed!r} hold NaN or inf, or nothing finite.",
            "All others are held against them.",
            "Mend it.",
        )
    scales = {name: _scale(scores) for name, scores in sound.items()}
    floor = np.asarray(measure(candidates[closed]), dtype=np.float64)
    table = [Trial(closed, {closed: 1.0}, float(floor.mean()) if floor.size else 0.0, 0.0, 0.0)]
    for weights in _grid([closed, *(name for name in sound if name != closed)], steps):
        if weights != table[0].weights:
            figures = np.asarray(measure(_mixed(weights, sound, scales)), dtype=np.float64)
            table.append(_trial(weights, figures, floor))
    refused = [Trial(name, {name: 1.0}, -np.inf, -np.inf, 0.0) for name in candidates if name not in sound]
    # Python's max keeps the first of equals, and the grid runs from simple to mixed.
    best = max((trial for trial in table if trial.gain > trial.standard_error), key=_score, default=table[0])
    return Verdict(
        best.name,
        best.weights,
        best.score,
        (*table, *refused),
        {name: scales[name] for name in best.weights},
    )


def pseudo_values(
    figure: Callable[[Scores, npt.NDArray[np.int64]], float], rows: int, *, folds: int = 20, seed: int = 0
) -> Measure:
    """A measure for the gate from a figure of the whole, such as F1 or area under the curve.

    `figure(scores, kept)` is computed on the validation rows `kept`. The rows are dealt to `folds` at random,
    and each fold gives the grouped jackknife's pseudo-value G·θ − (G−1)·θ₍₋g₎ (Tukey 1958), shifted so that
    their mean is θ exactly; the standard error of paired differences is then the jackknife's.

    Fewer rows than folds make as many folds as rows.
    """
    order = np.random.default_rng(seed).permutation(rows)
    parts = np.array_split(order, min(folds, rows)) if rows else []

    def measure(scores: Scores) -> npt.NDArray[np.float64]:
        whole = figure(scores, np.arange(rows))
        without = np.array([figure(scores, np.sort(np.setdiff1d(order, part))) for part in parts])
        return whole - (len(parts) - 1) * (without - without.mean()) if len(parts) > 1 else np.array([whole])

    return measure


def _score(trial: Trial) -> float:
    return trial.score


def _trial(
    weights: dict[str, float], figures: npt.NDArray[np.float64], floor: npt.NDArray[np.float64]
) -> Trial:
    gains = figures - floor
    error = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else np.inf
    score, gain = (float(figures.mean()), float(gains.mean())) if len(gains) else (0.0, 0.0)
    name = " + ".join(f"{weight:.2g} {part}" for part, weight in weights.items()) if len(weights) > 1 else ""
    if score != score:  # a figure that is not a number is worse than any
        score, gain, error = -np.inf, -np.inf, 0.0
    return Trial(name or next(iter(weights)), weights, score, gain, error)


def _grid(names: list[str], steps: int) -> Iterator[dict[str, float]]:
    """All weights in multiples of 1/steps that sum to 1: fewest parts first, then most of the first name."""
    for parts in range(1, len(names) + 1):
        for chosen in combinations(names, parts):
            cuts = list(combinations(range(1, steps), parts - 1))
            for cut in reversed(cuts):
                shares = np.diff([0, *cut, steps]) / steps
                yield dict(zip(chosen, shares.tolist(), strict=True))


def _mixed(
    weights: Mapping[str, float], candidates: Mapping[str, Scores], scales: Mapping[str, tuple[float, float]]
) -> Scores:
    total: Scores = np.zeros(())
    for name, weight in weights.items():
        mean, deviation = scales[name]
        total = total + weight * ((candidates[name] - mean) / deviation)
    return total


def _scale(scores: Scores) -> tuple[float, float]:
    finite = scores[np.isfinite(scores)]
    return float(finite.mean(dtype=np.float64)), float(finite.std(dtype=np.float64)) or 1.0


def _is_sound(scores: Scores) -> bool:
    """Whether there is something to rank by: no NaN, no +inf (which would drown the others), some finite."""
    return bool(np.isfinite(scores).any() and not np.isnan(scores).any() and not np.isposinf(scores).any())


def _check(candidates: Mapping[str, Scores], closed: str, steps: int) -> None:
    if closed not in candidates:
        raise OptionError(
            f"The candidates are {', '.join(candidates) or 'none'}.",
            f"One is {closed!r}.",
            "Add it, or name it.",
        )
    shapes = {name: scores.shape for name, scores in candidates.items()}
    if len(set(shapes.values())) > 1:
        raise OptionError(f"The scores' shapes are {shapes}.", "They are equal.", "Score the same things.")
    if steps < 1:
        raise OptionError(f"steps is {steps}.", "It is at least 1.", "5 tries weights of 0.2, 0.4 …")
