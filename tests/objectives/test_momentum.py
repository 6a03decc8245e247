import math

import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError
from shelfspace.objectives.momentum import keep_at, moving_average


def networks():
    torch.manual_seed(0)
    return [nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)) for _ in range(2)]


def test_each_weight_moves_by_the_share():
    target, online = (network.state_dict() for network in networks())
    kept = {name: tensor.clone() for name, tensor in target.items()}
    moved = moving_average(target, online, 0.9)
    for name, tensor in moved.items():
        if tensor.is_floating_point():
            assert torch.allclose(tensor, 0.9 * target[name] + 0.1 * online[name])
        assert torch.equal(target[name], kept[name])


def test_counters_follow_the_online_network():
    target, online = networks()
    online(torch.randn(5, 3))
    moved = moving_average(target.state_dict(), online.state_dict(), 0.999)
    assert moved["1.num_batches_tracked"] == 1
    target.load_state_dict(moved)


def test_the_ends_are_the_two_networks():
    target, online = (network.state_dict() for network in networks())
    for keep, expected in ((1.0, target), (0.0, online)):
        for name, tensor in moving_average(target, online, keep).items():
            if tensor.is_floating_point():
                assert torch.allclose(tensor, expected[name])


def test_many_steps_reach_the_online_network():
    state, goal = {"w": torch.zeros(2)}, {"w": torch.ones(2, requires_grad=True)}
    for _ in range(100):
        state = moving_average(state, goal, 0.9)
    assert torch.allclose(state["w"], torch.full((2,), 1 - 0.9**100))
    assert not state["w"].requires_grad


def test_strange_weights_are_refused():
    for online in ({"w": torch.zeros(3)}, {"v": torch.zeros(2)}, {}):
        with pytest.raises(OptionError):
            moving_average({"w": torch.zeros(2)}, online, 0.9)
    with pytest.raises(OptionError):
        moving_average({}, {}, 1.1)


def test_the_schedule_is_half_a_cosine():
    for step in (0, 3, 10, 15):
        share = min(step / 10, 1)
        assert keep_at(step, 10, 0.9) == pytest.approx(1 - 0.1 * (math.cos(math.pi * share) + 1) / 2)
    values = [keep_at(step, 50) for step in range(51)]
    assert values == sorted(values)
    for wrong in ((0, 0, 0.9), (-1, 5, 0.9), (0, 5, 1.5)):
        with pytest.raises(OptionError):
            keep_at(*wrong)
