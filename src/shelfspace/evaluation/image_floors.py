"""The plain methods that anyone would try first on photos: edges, colours, a support vector machine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shelfspace.encoders.image.handmade import Float32
from shelfspace.encoders.image.reduction import fit_reduction
from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.image_folders import Int64

_DIRECTIONS = 300
_C = 10.0


def image_floors(
    train: Mapping[str, Float32],
    test: Mapping[str, Float32],
    classes: tuple[Mapping[str, Int64], Mapping[str, Int64]],
    seed: int,
) -> dict[str, Figures]:
    """HOG and colour histograms with an RBF support vector machine, and the nearest colour histogram.

    `train` and `test` hold the raw features "edges" and "colours" `[n, d]`; `classes` are those of
    train and of test. Figures bear the names of the columns.
    """
    both = [np.hstack([part["edges"], part["colours"]]) for part in (train, test)]
    reduction = fit_reduction(both[0], _DIRECTIONS, seed=seed)
    reduced = [np.asarray((part - reduction.mean) @ reduction.basis, np.float32) for part in both]
    nearest = (test["colours"] @ train["colours"].T).argmax(axis=1)
    machine, colours = {}, {}
    for name, learned in classes[0].items():
        wanted = classes[1][name]
        machine[name] = _machine(reduced[0], learned, reduced[1], wanted)
        colours[name] = _hits(learned[nearest], wanted)
    return {"hog_colour_svm": machine, "colour_nearest": colours}


def _machine(train: Float32, classes: Int64, test: Float32, wanted: Int64) -> float:
    from sklearn.svm import SVC

    known = classes >= 0
    if len(np.unique(classes[known])) < 2:
        return _hits(np.full(len(wanted), classes.max(initial=0)), wanted)
    machine = SVC(C=_C).fit(train[known], classes[known])
    return _hits(np.asarray(machine.predict(test), np.int64), wanted)


def _hits(found: Int64, wanted: Int64) -> float:
    known = wanted >= 0
    return float((found == wanted)[known].mean()) if known.any() else 0.0
