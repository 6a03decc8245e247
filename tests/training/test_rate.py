"""The learning rate found on problems whose best one is known."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan
from shelfspace.training.rate import find_rate

ROWS = 256
THINGS = torch.randn(ROWS, 12, generator=torch.Generator().manual_seed(0))
TARGETS = torch.sin(2 * THINGS[:, :1]) + THINGS[:, 1:2]
PLAN = Plan(epochs=5, steps_per_epoch=8, seed=1)
SEARCH = {"low": 1e-5, "high": 3.0}


def module(dropout=0.0):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Dropout(dropout), nn.Linear(32, 1))


def batches(epoch, rng):
    return list(torch.tensor(rng.permutation(ROWS)).split(32))


def loss(module, rows):
    return (module(THINGS[rows]) - TARGETS[rows]).square().mean()


def after(rate):
    """The loss on everything after a training at `rate`."""
    trained = module()
    fit_encoder(trained, batches, loss, plan=replace(PLAN, learning_rate=rate))
    with torch.no_grad():
        return float(loss(trained, torch.arange(ROWS)))


class Point(nn.Module):
    """At a distance from its place; Adam moves it by the learning rate a step."""

    def __init__(self, distance):
        super().__init__()
        self.place = nn.Parameter(torch.full((4, 4), distance))


@pytest.mark.parametrize("distance", [0.01, 0.1, 1.0])
def test_the_best_rate_of_a_quadratic_is_found_within_a_factor_of_three(distance):
    def quadratic(point, batch):
        return point.place.square().mean()

    plan = Plan(weight_decay=0.0, clip_norm=None)
    search = find_rate(
        Point(distance), lambda epoch, rng: [None] * 8, quadratic, plan=plan, low=1e-5, high=10.0, steps=48
    )
    # Over half a cosine of 10 steps the rate is half its peak on average: it covers 10 / 2 times the peak.
    best = distance / 5
    assert search.found
    assert best / 3 <= search.chosen <= 3 * best


def test_a_training_at_the_chosen_rate_beats_a_hundredth_and_a_hundredfold():
    search = find_rate(module(), batches, loss, plan=PLAN, **SEARCH)
    assert search.found
    assert 1e-5 < search.chosen < 3.0
    chosen, low, high = (after(search.chosen * factor) for factor in (1.0, 0.01, 100.0))
    assert chosen < low / 2
    assert not high < 2 * chosen


def test_rates_rise_and_the_run_ends_once_the_loss_bursts():
    search = find_rate(module(), batches, loss, plan=PLAN, low=1e-4, high=100.0, steps=30)
    assert len(search.rates) == len(search.losses) < 30
    ratios = np.diff(np.log(search.rates))
    assert np.allclose(ratios, ratios[0])
    assert search.rates[0] == pytest.approx(1e-4)
    assert search.chosen == pytest.approx(search.rates[int(np.argmin(search.losses))] / 3)


def test_everything_is_left_as_it_was():
    changed = nn.Sequential(nn.BatchNorm1d(12), *module(0.3))
    changed[1].requires_grad_(False)
    changed[2].eval()
    kept = torch.ones_like(changed[4].weight)
    changed[4].weight.grad = kept
    before = {name: tensor.clone() for name, tensor in changed.state_dict().items()}
    torch.manual_seed(11)
    np.random.seed(11)
    expected = torch.rand(3), np.random.rand(3)
    torch.manual_seed(11)
    np.random.seed(11)
    assert find_rate(changed, batches, loss, plan=PLAN, **SEARCH).found
    assert torch.equal(torch.rand(3), expected[0])
    assert np.array_equal(np.random.rand(3), expected[1])
    assert all(torch.equal(tensor, before[name]) for name, tensor in changed.state_dict().items())
    assert [part.training for part in changed] == [True, True, False, True, True]
    assert changed[4].weight.grad is kept
    assert torch.equal(kept, torch.ones_like(kept))
    assert changed[0].weight.grad is None


def test_it_is_left_as_it_was_by_a_loss_that_fails_too():
    class LostError(Exception):
        pass

    calls = []

    def fails(module, rows):
        calls.append(rows)
        if len(calls) > 40:
            raise LostError
        return loss(module, rows)

    changed = module()
    before = [weight.detach().clone() for weight in changed.parameters()]
    with pytest.raises(LostError):
        find_rate(changed, batches, fails, plan=PLAN, **SEARCH)
    assert all(map(torch.equal, changed.parameters(), before))


def test_the_same_seed_gives_the_same_search():
    first, again, other = (
        find_rate(module(0.3), batches, loss, plan=replace(PLAN, seed=seed), **SEARCH) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.losses != other.losses


def test_the_plans_rates_hold():
    plan = replace(PLAN, rates={"0": 0.0, "3": 0.01})
    slow = find_rate(module(), batches, loss, plan=plan, **SEARCH)
    fast = find_rate(module(), batches, loss, plan=PLAN, **SEARCH)
    assert slow.chosen > 3 * fast.chosen
    with pytest.raises(OptionError, match="'backbone'"):
        find_rate(module(), batches, loss, plan=replace(PLAN, rates={"backbone": 0.1}), **SEARCH)


@pytest.mark.parametrize(
    "options", [{"accumulate": 3}, {"precision": "bfloat16"}, {"clip_norm": 0.01}], ids=str
)
def test_the_steps_are_of_the_plans_kind(options):
    search = find_rate(module(), batches, loss, plan=replace(PLAN, **options), **SEARCH)
    assert search.found
    assert 1e-4 < search.chosen < 1.0


def test_a_loss_that_never_falls_gives_the_plans_rate():
    def constant(module, rows):
        return loss(module, rows) * 0 + 1

    search = find_rate(module(), batches, constant, plan=PLAN, **SEARCH)
    assert not search.found
    assert search.chosen == PLAN.learning_rate


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_never_finite_gives_the_plans_rate(value):
    search = find_rate(module(), batches, lambda m, b: loss(m, b) * value, plan=PLAN, **SEARCH)
    assert (search.found, search.chosen, search.rates) == (False, PLAN.learning_rate, ())


def test_no_batch_gives_the_plans_rate_and_one_is_enough():
    none = find_rate(module(), lambda epoch, rng: [], loss, plan=PLAN)
    assert (none.rates, none.losses, none.chosen, none.found) == ((), (), PLAN.learning_rate, False)
    one = find_rate(module(), lambda epoch, rng: [torch.arange(64)], loss, plan=PLAN, **SEARCH)
    assert one.found
    assert len(one.rates) > 5


@pytest.mark.parametrize(
    "wrong", [{"low": 0.0}, {"low": 1.0, "high": 0.1}, {"high": math.inf}, {"steps": 1}], ids=str
)
def test_rates_out_of_range_are_refused(wrong):
    with pytest.raises(OptionError, match="rates go from"):
        find_rate(module(), batches, loss, plan=PLAN, **wrong)
