"""What a benchmark may start from: a space, or another benchmark folder that is fitted first."""

from __future__ import annotations

from pathlib import Path

from shelfspace.evaluation.folders import read_pair_folder
from shelfspace.space.opening import load
from shelfspace.tasks.match.matcher import matcher_of
from shelfspace.tasks.match.study import Preset, study_match
from shelfspace.tasks.match.transfer import Init, lendable


def lender(place: str | Path, *, preset: Preset, seed: int) -> Init:
    """What the space in `place` lends, or a benchmark folder that is fitted on its training and validation.

    Raises `SpaceError` and `FeedError` where `place` is neither or has nothing to lend.
    """
    if (Path(place) / "versions").is_dir():
        return Init.of_space(load(place))
    folder = read_pair_folder(place)
    sides = folder.left_rows, folder.right_rows
    study = study_match(
        folder.catalog, *sides, train=folder.train, valid=folder.valid, preset=preset, seed=seed
    )
    return Init(study.encoder, lendable(matcher_of(study, seed=seed).scorer.to_json()))
