"""Strange rows of a table, known ordinary ones given or none: scores, p-values and threshold kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.anomalies.population_tail import PopulationTail
from shelfspace.tasks.anomalies.table_parts import TableParts, learn_table_parts
from shelfspace.tasks.anomalies.tail import Tail

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

FEWEST = 20
STEPS: dict[str, int] = {"fast": 0, "balanced": 200, "best": 800}
_FOLDS = 4


@dataclass(frozen=True)
class TableFindings:
    """For each row `scores` [n], higher is stranger, `p_values` [n], and each part's own under `evidence`."""

    scores: Float64
    p_values: Float64
    evidence: dict[str, Float64]

    def flagged(self, false_alarms: float = 0.01) -> npt.NDArray[np.bool_]:
        """Which rows are as rare as `false_alarms` among ordinary ones; asked again, nothing is learned anew.

        Raises `OptionError` for a share outside (0, 1).
        """
        if not 0 < false_alarms < 1:
            raise OptionError(
                f"A share of false alarms of {false_alarms:g} was asked for.",
                "It lies above 0 and below 1.",
                "0.01 flags about one ordinary row in a hundred.",
            )
        return np.asarray(self.p_values <= false_alarms, np.bool_)


@dataclass(frozen=True)
class TableInspector:
    """What rows look like: four models, each taught without a quarter of them, and what these make of it.

    `rows` [n, d] are the known rows on one scale, `fold` [n] says which model had not seen a row, and `own`
    holds each part's scores of the rows by that model.
    """

    mean: Float64
    scale: Float64
    rows: Float32
    fold: Int64
    models: tuple[TableParts, ...]
    own: dict[str, Float64]

    def judge(self, rows: npt.ArrayLike) -> TableFindings:
        """How strange each of `rows` [n, d] is beside the known ones, which are taken for ordinary.

        A part's score is the mean of the four models; its p-value is a rank among the known rows' own scores
        by the model that had not seen them (cross-conformal, Vovk 2015), beyond these an estimate from their
        tail. Parts are joined by the sum of their surprises, −log p, as Fisher combines tests, and that is
        calibrated in the same way.

        Raises `FeedError` for rows of another width or values that are not finite. No row: nothing.
        """
        given = _checked(rows, len(self.mean))
        placed = self.placed(given)
        tails = {name: Tail(np.sort(scores)) for name, scores in self.own.items()}
        if not len(given):
            return TableFindings(np.zeros(0), np.zeros(0), {name: np.zeros(0) for name in tails})
        found = [model.scores(placed) for model in self.models]
        evidence = {
            name: tail.p_values(np.mean([each[name] for each in found], axis=0))
            for name, tail in tails.items()
        }
        known = _joined([tail.p_values(self.own[name]) for name, tail in tails.items()])
        scores = _joined(list(evidence.values()))
        return TableFindings(scores, Tail(np.sort(known)).p_values(scores), evidence)

    def judge_known(self) -> TableFindings:
        """How strange each of the known rows is, by the model that had not seen it, where none is known to
        be ordinary: p-values are estimates that bear with a twentieth of strange rows, see `PopulationTail`.
        """
        evidence = {
            name: PopulationTail(np.sort(scores)).p_values(scores) for name, scores in self.own.items()
        }
        scores = _joined(list(evidence.values()))
        return TableFindings(scores, PopulationTail(np.sort(scores)).p_values(scores), evidence)

    def placed(self, rows: npt.NDArray[np.floating]) -> Float32:
        """The rows [n, d] on the scale of the known ones."""
        return np.ascontiguousarray((rows - self.mean) / self.scale, dtype=np.float32)


def learn_table(
    rows: npt.ArrayLike,
    *,
    columns: Sequence[str] | None = None,
    steps: int = STEPS["balanced"],
    seed: int = 0,
) -> TableInspector:
    """An inspector that knows `rows` [n, d], ordinary ones or what there is.

    `columns` says which column of a table each of the d numbers comes from, by default its own: the numbers
    of a column are brought to one scale together. `steps` are those of the learned part, 0 leaves it out.

    Raises `FeedError` for fewer than 20 rows, no column, or values that are not finite.
    """
    given = _checked(rows, None)
    if len(given) < FEWEST or not given.shape[1]:
        raise FeedError(
            f"The table is {given.shape[0]} × {given.shape[1]}.",
            f"To know ordinary rows takes {FEWEST} at least, better 500, and a column.",
            "Pass more.",
        )
    names = tuple(columns) if columns is not None else tuple(str(place) for place in range(given.shape[1]))
    mean, scale = given.mean(axis=0), _scale(given, names)
    placed = np.ascontiguousarray((given - mean) / scale, dtype=np.float32)
    fold = np.random.default_rng(seed).permutation(len(placed)) % _FOLDS
    models, own = [], dict[str, Float64]()
    for number in range(_FOLDS):
        model = learn_table_parts(placed[fold != number], steps=steps, seed=seed * _FOLDS + number)
        for name, scores in model.scores(placed[fold == number]).items():
            own.setdefault(name, np.zeros(len(placed)))[fold == number] = scores
        models.append(model)
    return TableInspector(mean, scale, placed, fold, tuple(models), own)


def _joined(p_values: Sequence[Float64]) -> Float64:
    return np.asarray(-np.log(np.stack(p_values)).sum(axis=0), np.float64)


def _scale(rows: Float64, names: tuple[str, ...]) -> Float64:
    """By what each number [d] is divided: the root of its column's variance, 1 where nothing differs."""
    variance = rows.var(axis=0)
    columns = np.array(names)
    total = np.array([variance[columns == name].sum() for name in names])
    return np.asarray(np.where(total > 1e-24, np.sqrt(total), 1), np.float64)


def _checked(rows: npt.ArrayLike, width: int | None) -> Float64:
    given = np.asarray(rows, np.float64)
    if given.ndim != 2 or width not in (None, given.shape[-1]) or not np.isfinite(given).all():
        raise FeedError(
            f"The rows have the shape {given.shape}, and {int((~np.isfinite(given)).sum())} values missing.",
            f"They are [rows, {'columns' if width is None else width}] and all finite.",
            "Fill in what is missing.",
        )
    return given
