"""Strange rows of a table, by rows known as ordinary: scores, p-values and the threshold kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.errors import FeedError, OptionError
from shelfspace.space.nearest import engine, engine_threads
from shelfspace.tasks.anomalies.tail import Tail
from shelfspace.tasks.fraud.p_values import either, surprise

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

FEWEST = 20
_HELD_OUT = 0.25
_NEAREST = 5


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
    """What ordinary rows look like: known ones, standardised, an isolation forest, and held-out scores."""

    mean: Float64
    scale: Float64
    rows: Float32
    forest: Any
    tails: dict[str, Tail]

    def judge(self, rows: npt.ArrayLike) -> TableFindings:
        """How strange each of `rows` [n, d] is; by the smaller p-value of both parts, see `either`.

        P-values are ranks among held-out ordinary rows (conformal), beyond these estimates from their tail.
        Raises `FeedError` for rows of another width or values that are not finite. No row: nothing.
        """
        given = _checked(rows, len(self.mean))
        if not len(given):
            return TableFindings(np.zeros(0), np.zeros(0), {name: np.zeros(0) for name in self.tails})
        scores = _scores(self.rows, self.forest, _standard(given, self.mean, self.scale))
        evidence = {name: self.tails[name].p_values(values) for name, values in scores.items()}
        kinds = list(evidence.values())
        return TableFindings(surprise(kinds), either(kinds), evidence)


def learn_table(rows: npt.ArrayLike, *, seed: int = 0) -> TableInspector:
    """An inspector that takes `rows` [n, d] for ordinary; a quarter of them, held out, calibrates it.

    Raises `FeedError` for fewer than 20 rows, no column, or values that are not finite.
    """
    from sklearn.ensemble import IsolationForest

    given = _checked(rows, None)
    if len(given) < FEWEST or not given.shape[1]:
        raise FeedError(
            f"The table is {given.shape[0]} × {given.shape[1]}.",
            f"To know ordinary rows takes {FEWEST} at least, better 500, and a column.",
            "Pass more.",
        )
    order = np.random.default_rng(seed).permutation(len(given))
    held, taught = np.split(order, [round(_HELD_OUT * len(given))])
    spread = given[taught].std(axis=0)
    mean, scale = given[taught].mean(axis=0), np.where(spread > 1e-12, spread, 1)
    known = _standard(given[taught], mean, scale)
    forest = IsolationForest(random_state=seed, n_jobs=1).fit(known)
    scores = _scores(known, forest, _standard(given[held], mean, scale))
    return TableInspector(mean, scale, known, forest, {name: Tail(np.sort(s)) for name, s in scores.items()})


def _scores(known: Float32, forest: Any, rows: Float32) -> dict[str, Float64]:
    with engine_threads(len(rows)):
        squares, _ = engine().knn(rows, known, min(_NEAREST, len(known)))
    distance = np.sqrt(np.maximum(squares, 0)).mean(axis=1)
    return {
        "nearest rows": np.asarray(distance, np.float64),
        "isolation": np.asarray(-forest.score_samples(rows), np.float64),
    }


def _standard(rows: Float64, mean: Float64, scale: Float64) -> Float32:
    return np.ascontiguousarray((rows - mean) / scale, dtype=np.float32)


def _checked(rows: npt.ArrayLike, width: int | None) -> Float64:
    given = np.asarray(rows, np.float64)
    if given.ndim != 2 or width not in (None, given.shape[-1]) or not np.isfinite(given).all():
        raise FeedError(
            f"The rows have the shape {given.shape}, and {int((~np.isfinite(given)).sum())} values missing.",
            f"They are [rows, {'columns' if width is None else width}] and all finite.",
            "Fill in what is missing.",
        )
    return given
