import numpy as np
import torch

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import steps_of


def taken(**more):
    return Interactions(9, np.array([0, 3, 4, 8]), np.array([5, 6, 7, 1, 2, 3, 4, 8]), **more)


def test_histories_stand_side_by_side_from_the_left():
    steps = steps_of(taken(), 3)
    assert steps.items.tolist() == [[5, 6, 7], [1, 0, 0], [3, 4, 8]]
    assert steps.lengths.tolist() == [3, 1, 3] and steps.gaps is None and steps.kinds is None
    states = torch.arange(9.0).view(3, 3, 1)
    assert steps.last(states).flatten().tolist() == [2, 3, 8]


def test_gaps_of_time_are_levels_and_the_first_has_none():
    times = np.array([0, 0, 3, 100, 5, 6, 1e6 + 6, 1e18])
    steps = steps_of(taken(times=times), 4, gaps=True)
    assert steps.gaps.tolist() == [[0, 1, 3, 0], [0, 0, 0, 0], [0, 2, 20, 31]]
    assert steps_of(taken(times=times), 2, gaps=True).gaps.tolist() == [[1, 3], [0, 0], [20, 31]]
    assert not steps_of(taken(), 3, gaps=True).gaps.any()


def test_kinds_are_the_nearest_weight():
    weights = np.array([1, 5, 1, 2, 1, 9, 2, 1], np.float32)
    steps = steps_of(taken(weights=weights), 4, kinds=np.array([1, 5], np.float32))
    assert steps.kinds.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]


def test_no_history_gives_no_step():
    steps = steps_of(Interactions.empty(0, 4), 5)
    assert len(steps) == 0 and steps.items.shape == (0, 0)
