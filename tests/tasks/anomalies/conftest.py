from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.anomalies import learn_good

SIZE = 96


def _blot(photo, x, y, radius=5, colour=(20, 15, 10)):
    rows, columns = np.mgrid[: photo.shape[0], : photo.shape[1]]
    spoilt = photo.copy()
    spoilt[np.hypot(rows - y, columns - x) <= radius] = colour
    return spoilt


@pytest.fixture(scope="session")
def blot():
    """Gives a photo a dark round blot, which no made-up defect is like exactly."""
    return _blot


@pytest.fixture(scope="session")
def box_inspector():
    """An inspector of made-up boxes that has learned for a moment."""
    return learn_good(materials("box", 80, size=SIZE, seed=1), steps=40, seed=0)


@pytest.fixture(scope="session")
def cloth_inspector():
    """An inspector of made-up cloth without a trained network."""
    return learn_good(materials("woven", 40, size=SIZE, seed=1), steps=0, seed=0)
