"""The matching benchmark with photos: two shops made of one, told by titles, by photos, and by both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.listing import Listings
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.crossmodal_folders import read_crossmodal_folder
from shelfspace.evaluation.floors import match_floors
from shelfspace.evaluation.folders import PairFolder
from shelfspace.evaluation.metrics import expected_calibration_error, precision_recall_f1
from shelfspace.evaluation.two_shops import two_shops
from shelfspace.tasks.match.desk import Columns, Desk
from shelfspace.tasks.match.labelled import LabelledPairs
from shelfspace.tasks.match.matcher import matcher_of
from shelfspace.tasks.match.signals import PHOTO
from shelfspace.tasks.match.study import MatchStudy, Preset, study_match
from shelfspace.tasks.match.trees import TreeScorer
from shelfspace.training.closed_photos import SIZE, closed_photo_encoder


def bench_match_photos(folder: str | Path, *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """The figures on test pairs of the two shops made of `folder`'s products, see `two_shops`.

    `precision`, `recall`, `f1` and `ece` are of titles and photos together, and `f1_both` is that `f1` once
    more; `f1_text` is of the same matcher without photos, `f1_photo` of trees that see the photos' cosines
    and their standing among rivals alone. All may look at both tables, and the first two at confirmed
    matches. The encoder of photos is fitted in closed form on the photos of both shops, without a label.

    Raises `FeedError` where the folder has no products with titles and photos.
    """
    with measured() as cost:
        shops = two_shops(read_crossmodal_folder(folder, seed=seed, size=SIZE), seed)
        pairs = shops.pairs
        encoder = closed_photo_encoder(shops.photos, seed=seed)
        seen = {PHOTO: encoder.encode(Listings.of_photos(shops.photos))}
        sides = pairs.left_rows, pairs.right_rows
        study = study_match(
            pairs.catalog,
            *sides,
            train=pairs.train,
            valid=pairs.valid,
            preset=preset,
            seed=seed,
            seen=seen,
        )
        both = _decided(study, pairs, seed)
        text = _decided(replace(study, desk=_blind(study.desk)), pairs, seed)
        photo = _by_photos(study.desk, pairs, seed)
    return BenchResult(
        task="match",
        dataset=pairs.name,
        seed=seed,
        preset=preset,
        metrics={**both, "f1_text": text["f1"], "f1_photo": photo["f1"], "f1_both": both["f1"]},
        floors=match_floors(pairs),
        n_train=len(pairs.train.pairs),
        data={
            "left_products": len(sides[0]),
            "right_products": len(sides[1]),
            "dropped_pairs": 0,
            "labelled_pairs": len(pairs.train.pairs) + len(pairs.valid.pairs),
        },
    ).costing(cost)


def _blind(desk: Desk) -> Desk:
    """The same desk without photos, and without anything made with them."""
    return replace(desk, seen={})


def _decided(study: MatchStudy, pairs: PairFolder, seed: int) -> Figures:
    matcher = matcher_of(study, seed=seed)
    return _figures(matcher.probabilities(pairs.test.pairs), matcher.threshold, pairs.test)


def _by_photos(desk: Desk, pairs: PairFolder, seed: int) -> Figures:
    """What trees make of the photos alone."""

    def columns(some: LabelledPairs) -> Columns:
        told = desk.columns(some.pairs, "table", some.pairs)
        return {name: column for name, column in told.items() if name.split(" ")[0] == PHOTO}

    trees = TreeScorer.fit(columns(pairs.train), np.asarray(pairs.train.labels, np.float64), seed=seed)
    trees = trees.calibrated(columns(pairs.valid), pairs.valid.labels)
    return _figures(trees.probabilities(columns(pairs.test)), trees.threshold, pairs.test)


def _figures(probabilities: npt.NDArray[np.float64], threshold: float, test: LabelledPairs) -> Figures:
    found = precision_recall_f1(test.labels, probabilities >= threshold)
    return {**found._asdict(), "ece": expected_calibration_error(test.labels, probabilities)}
