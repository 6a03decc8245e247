"""The benchmark of classes: told from titles after few labels or all, beside plain methods."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from shelfspace.encoders.listing import Listings
from shelfspace.errors import OptionError
from shelfspace.evaluation.bench_result import BenchResult
from shelfspace.evaluation.class_floors import class_floors
from shelfspace.evaluation.class_folders import read_class_folder
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.metrics import accuracy, expected_calibration_error, macro_f1
from shelfspace.space import Space, load
from shelfspace.tasks.classify.mixture import learn_mixture
from shelfspace.tasks.classify.things import Lesson, Reading, Things
from shelfspace.tasks.match.study import STEPS, Preset


def bench_classify(
    folder: str | Path,
    *,
    seed: int = 0,
    preset: Preset = "balanced",
    labels: int | None = None,
    label: str | None = None,
    text: str | None = None,
    init: str | Path | None = None,
) -> BenchResult:
    """`accuracy` and `macro_f1` of the classes of a folder's test, and how far probabilities lie off (`ece`).

    The folder is one that `read_class_folder` takes, with its options `label` and `text`. `labels` is how
    many of each class are known; without it all of the training part are, and validation sets the shares.
    With few labels validation's are not looked at: the shares come from folds of the few. Titles of the
    training part without a label may be learned from; those of the test are read one by one, at the end. The
    preset "fast" trains no encoder.

    `init` is a space fitted on other feeds: its vectors of these titles are one more thing to learn from.

    Raises `SpaceError` for an `init` that is no space, `FeedError` and `OptionError` where the folder or a
    column cannot be read, and for fewer labels than one.
    """
    if labels is not None and labels < 1:
        raise OptionError(
            f"{labels} labels a class were asked for.", "A classifier needs one at least.", "Say --labels 5."
        )
    read = read_class_folder(folder, label=label, text=text, seed=seed)
    rows = read.train if labels is None else read.few(labels, seed)
    valid = read.valid if labels is None else None
    lender = None if init is None else load(init)
    with measured() as cost:
        seen = np.sort(np.concatenate([read.train, *([] if valid is None else [valid])]))
        reading, things = Reading.of(Listings.of_texts([read.texts[row] for row in seen]), seed=seed)
        things = _lent(lender, things, [read.texts[row] for row in seen])
        known = np.full(len(seen), -1, np.int64)
        given = np.searchsorted(seen, rows if valid is None else np.sort(np.concatenate([rows, valid])))
        known[given] = read.labels[seen[given]]
        names = reading.read(Listings.of_texts(read.names)).words
        lesson = Lesson(things, known, len(read.names), names)
        held = None if valid is None else np.searchsorted(seen, valid)
        classifier = learn_mixture(lesson, reading.encoder, held, finetuned=STEPS[preset] > 0, seed=seed)
        looked = reading.read(Listings.of_texts([read.texts[row] for row in read.test]))
        looked = _lent(lender, looked, [read.texts[row] for row in read.test])
        told = classifier.probabilities(looked)
    best, wanted = told.argmax(axis=1), read.labels[read.test]
    result = BenchResult(
        task="classify",
        dataset=read.name,
        seed=seed,
        preset=preset,
        metrics={
            "accuracy": accuracy(wanted, best),
            "macro_f1": macro_f1(wanted, best),
            "ece": expected_calibration_error(best == wanted, told.max(axis=1)),
        },
        floors=class_floors(read, rows, valid, seed),
        n_train=len(rows),
        labels=len(rows) / len(read.train),
        data={
            "classes": len(read.names),
            "train_things": len(read.train),
            "valid_things": len(read.valid),
            "test_things": len(read.test),
            "dropped_things": read.dropped,
            **{f"share_{name}": share for name, share in classifier.shares.items()},
        },
        init="" if init is None else Path(init).name,
    )
    return result.costing(cost)


def _lent(lender: Space | None, things: Things, texts: list[str]) -> Things:
    """The things with the vectors that another space has for their texts, where there is one."""
    if lender is None:
        return things
    return replace(things, parts={**things.parts, "lent": lender.embed(texts)})
