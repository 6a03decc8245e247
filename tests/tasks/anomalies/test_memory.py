import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.tasks.anomalies.memory import k_centres, remember


def test_what_is_remembered_is_not_strange_and_what_is_far_is():
    rng = np.random.default_rng(0)
    good = [rng.normal(0, 1, (200, 4)).astype(np.float32) for _ in range(3)]
    memory = remember(good, size=600)
    assert memory.strangeness(good[1]).max() < 1e-3
    far = memory.strangeness(np.full((2, 4), 20, np.float32))
    assert far.shape == (2,) and far.min() > 10


def test_the_distance_is_that_to_the_nearest_by_a_loop():
    rng = np.random.default_rng(1)
    memory = remember([rng.normal(size=(50, 3)).astype(np.float32)], size=20)
    rows = rng.normal(size=(7, 3)).astype(np.float32)
    standard = (rows - memory.mean) / memory.scale
    loop = [min(np.sqrt(np.mean((row - kept) ** 2)) for kept in memory.patches) for row in standard]
    np.testing.assert_allclose(memory.strangeness(rows), loop, rtol=1e-3, atol=1e-4)


def test_centres_cover_rare_places_before_common_ones():
    points = np.concatenate([np.zeros((500, 2)), np.full((500, 2), 0.01), [[9, 9]], [[-9, 9]]])
    assert {1000, 1001} <= set(k_centres(points.astype(np.float32), 3).tolist())


def test_repeated_points_are_taken_once():
    assert k_centres(np.ones((10, 3), np.float32), 5).tolist() == [0]
    memory = remember([np.ones((10, 3), np.float32)])
    assert len(memory.patches) == 1
    assert memory.strangeness(np.ones((2, 3), np.float32)).tolist() == [0, 0]
    assert memory.strangeness(np.empty((0, 3), np.float32)).shape == (0,)


def test_nothing_to_remember_is_refused():
    for features, size in (([], 5), ([np.empty((0, 3), np.float32)], 5), ([np.ones((3, 3), np.float32)], 0)):
        with pytest.raises(OptionError):
            remember(features, size=size)
