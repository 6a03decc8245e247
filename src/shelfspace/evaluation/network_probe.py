"""What a linear probe and neighbours make of a network alone, without the closed forms beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shelfspace.encoders.image.handmade import Float32
from shelfspace.encoders.image.parts import Network
from shelfspace.encoders.image.reduction import fit_reduction
from shelfspace.evaluation.image_study import ImageStudy

_GRID = 3
_STAGES = 2
_DIRECTIONS = 768
_EVENNESS = 0.5


def probed_features(study: ImageStudy) -> Float32:
    """Unit rows float32 `[n, 768]` of all photos: the network's last two stages by place, side by side.

    What was learned without labels lies in more directions than classes need, and in part before the last
    stage, which serves the objective. So many directions are kept, and their spreads brought nearer to each
    other by a root, whatever the network learned by.
    """
    network = study.parts["network"]
    assert isinstance(network, Network)
    train, stages = study.folder.train, []
    for early in range(_STAGES):
        sight = replace(network.sight, grid=_GRID, early=early)
        raw = replace(network, sight=sight).features(study.pixels)
        centred = raw - raw[train].mean(axis=0)
        stages.append(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12))
    both = np.asarray(np.hstack(stages), np.float32)
    return fit_reduction(both[train], _DIRECTIONS, evenness=_EVENNESS).of(both)
