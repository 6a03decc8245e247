"""How many of a benchmark's labels a model may see: all, none, or a share of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shelfspace.errors import OptionError
from shelfspace.evaluation.folders import PairFolder
from shelfspace.tasks.match.labelled import LabelledPairs

Share = str | float


def label_share(labels: Share) -> float:
    """The share in 0…1 that "all", "none" or a number says; `OptionError` for anything else."""
    named = {"all": 1.0, "none": 0.0}
    try:
        share = named[labels] if labels in named and isinstance(labels, str) else float(labels)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise OptionError(
            f"The labels {labels!r} were asked for.",
            'They are "all", "none" or a share between 0 and 1.',
            "Choose one of these, 0.1 for a tenth of the labels.",
        )
    return share


def with_share(folder: PairFolder, share: float, seed: int) -> PairFolder:
    """The folder with this share of its training and of its validation pairs, drawn at random by `seed`.

    Matches and others are drawn apart, at least one of each; the test pairs stay whole.
    """
    if share == 1:
        return folder
    rng = np.random.default_rng(seed)
    train, valid = (_drawn(pairs, share, rng) for pairs in (folder.train, folder.valid))
    return replace(folder, train=train, valid=valid)


def _drawn(pairs: LabelledPairs, share: float, rng: np.random.Generator) -> LabelledPairs:
    parts = []
    for label in (0, 1):
        places = rng.permutation(np.flatnonzero(pairs.labels == label))
        parts.append(places[: max(1, round(share * len(places)))])
    return pairs.take(np.sort(np.concatenate(parts)))
