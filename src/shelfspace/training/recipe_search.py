"""Search for a better recipe of text learning on held-out pairs, and keep it where it surely is better."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.encoders.tokens import Int64
from shelfspace.errors import OptionError
from shelfspace.progress import progress
from shelfspace.training.recipe import TextRecipe
from shelfspace.training.study import TextStudy
from shelfspace.training.text import TextLesson, choose_text, held_out_ranks

if TYPE_CHECKING:
    import optuna

#: What is searched, each on a logarithmic scale but the weight: around the defaults, not far from them.
SPACE: dict[str, tuple[float, float]] = {
    "learning_rate": (2e-3, 5e-2),
    "vector_rate": (1e-2, 0.5),
    "temperature": (0.03, 0.2),
    "look_weight": (0.0, 1.5),
}
_STEP_SHARES = (0.5, 1.0, 2.0)
_FOLDS = 3
_FEWEST_PAIRS = 30  # known pairs, of which a third judges
_WARM = 3  # recipes that are judged whole before any is given up early


@dataclass(frozen=True)
class RecipeSearch:
    """The `recipe` to learn by, and `table`, a recipe a row, the best first.

    Columns: recipe (number, 0 the default), kept, state ("whole", or "given up" after some folds), folds,
    mrr (mean reciprocal rank of held-out pairs), gain over the default on the same pairs, standard_error of
    the gain, and the searched figures.
    """

    recipe: TextRecipe
    table: pl.DataFrame = field(default_factory=pl.DataFrame)


def tuned_recipe(
    study: TextStudy, lesson: TextLesson, recipe: TextRecipe, *, trials: int = 12, seed: int = 0
) -> RecipeSearch:
    """The best of `trials` recipes near `recipe` by cross-validation over the lesson's known pairs.

    Each is taught three times, a third of the known pairs left out, and judged by the rank of those, through
    the gate that `fit` ships by. Recipes are drawn by the tree-structured Parzen estimator (Bergstra et al.
    2011); one that is behind the median of the others after a fold is given up. The winner is kept where its
    gain over `recipe` exceeds the gain's standard error over the pairs; else `recipe` stays, as it does where
    fewer than 30 pairs are known. The cost is at most 3 · `trials` trainings. Deterministic by `seed`.

    Raises `OptionError` for less than 2 trials or where optuna is not installed.
    """
    if trials < 2:
        raise OptionError(
            f"A search over {trials} recipes was asked for.",
            "The default is the first of them, so that 2 or more make a choice.",
            "Ask for 12.",
        )
    optuna = _optuna()
    if len(lesson.positives) < _FEWEST_PAIRS:
        return RecipeSearch(recipe)
    order = np.random.default_rng(seed).permutation(len(lesson.positives))
    folds = [lesson.positives[rows] for rows in np.array_split(order, _FOLDS)]
    search = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=_WARM),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_WARM),
    )
    search.enqueue_trial({name: getattr(recipe, name) for name in SPACE} | {"step_share": 1.0})
    found: list[_Judged] = []
    state = optuna.trial.TrialState
    with progress("Searching recipes", trials) as advance:
        for _ in range(trials):
            trial = search.ask()
            judged = _judged(study, lesson, folds, _drawn(trial, recipe), trial, seed)
            found.append(judged)
            if len(judged.ranks) == len(folds):
                search.tell(trial, judged.mrr)
            else:
                search.tell(trial, state=state.PRUNED)
            advance(note=f"mrr {max(each.mrr for each in found):.3f}")
    return _chosen(found)


def recipe_for(
    study: TextStudy,
    lesson: TextLesson,
    recipe: TextRecipe,
    *,
    trials: int = 0,
    members: int = 1,
    seed: int = 0,
) -> RecipeSearch:
    """`recipe`, or what `tuned_recipe` finds over `trials` where there are any, for so many `members`."""
    found = RecipeSearch(recipe)
    if trials:
        found = tuned_recipe(study, lesson, recipe, trials=trials, seed=seed)
    return replace(found, recipe=replace(found.recipe, members=members))


@dataclass(frozen=True)
class _Judged:
    """A recipe with the reciprocal ranks of each fold it was judged on."""

    recipe: TextRecipe
    ranks: list[npt.NDArray[np.float64]]

    @property
    def mrr(self) -> float:
        return float(np.concatenate(self.ranks).mean())

    def gain(self, other: _Judged) -> tuple[float, float]:
        """The mean gain over `other` on the folds of both, and its standard error."""
        shared = min(len(self.ranks), len(other.ranks))
        gains = np.concatenate(self.ranks[:shared]) - np.concatenate(other.ranks[:shared])
        error = float(gains.std(ddof=1) / math.sqrt(len(gains))) if len(gains) > 1 else math.inf
        return float(gains.mean()), error


def _drawn(trial: optuna.Trial, recipe: TextRecipe) -> TextRecipe:
    figures: dict[str, Any] = {
        name: trial.suggest_float(name, low, high, log=low > 0) for name, (low, high) in SPACE.items()
    }
    steps = round(recipe.steps * trial.suggest_categorical("step_share", _STEP_SHARES))
    return replace(recipe, steps=steps, **figures)


def _judged(
    study: TextStudy,
    lesson: TextLesson,
    folds: list[Int64],
    recipe: TextRecipe,
    trial: optuna.Trial,
    seed: int,
) -> _Judged:
    ranks: list[npt.NDArray[np.float64]] = []
    for number, held_out in enumerate(folds):
        rest = lesson.without(held_out)
        learned = study.learn(rest, recipe, seed=seed, label=f"Recipe {trial.number}, part {number + 1}")
        shipped, _ = choose_text(study.closed, learned, rest, held_out)
        ranks.append(held_out_ranks(shipped, rest, held_out))
        trial.report(float(np.concatenate(ranks).mean()), number)
        if number + 1 < len(folds) and trial.should_prune():
            break
    return _Judged(recipe, ranks)


def _chosen(found: list[_Judged]) -> RecipeSearch:
    default = found[0]
    gains = [each.gain(default) for each in found]
    sure = [
        number
        for number, (gain, error) in enumerate(gains)
        if len(found[number].ranks) == len(default.ranks) and gain > error
    ]
    best = max(sure, key=lambda number: found[number].mrr, default=0)
    rows: list[dict[str, Any]] = [
        {
            "recipe": number,
            "kept": number == best,
            "state": "whole" if len(each.ranks) == len(default.ranks) else "given up",
            "folds": len(each.ranks),
            "mrr": each.mrr,
            "gain": gain,
            "standard_error": error,
            **{name: value for name, value in asdict(each.recipe).items() if name in (*SPACE, "steps")},
        }
        for number, (each, (gain, error)) in enumerate(zip(found, gains, strict=True))
    ]
    table = pl.DataFrame(rows).sort("kept", "folds", "mrr", descending=True)
    return RecipeSearch(found[best].recipe, table)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise OptionError(
            "A search over recipes was asked for, but optuna is not installed.",
            "It draws the recipes to try.",
            "Run: pip install 'shelfspace[tune]'",
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
