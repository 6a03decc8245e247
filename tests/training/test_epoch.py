"""Gradient accumulation: several micro-batches, one step."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from shelfspace.errors import ShelfspaceError
from shelfspace.training.epoch import grouped
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan

PLAN = Plan(epochs=3, steps_per_epoch=2, learning_rate=0.05, seed=1)
THINGS = torch.randn(64, 5, generator=torch.Generator().manual_seed(0))
TARGETS = THINGS.sum(dim=1, keepdim=True)


def module(dropout=0.0):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 1))


def loss(module, rows):
    return (module(THINGS[rows]) - TARGETS[rows]).square().mean()


def batches_of(size, n=64):
    return lambda epoch, rng: list(torch.tensor(rng.permutation(64))[:n].split(size))


def weights(module):
    return torch.cat([weight.detach().flatten() for weight in module.parameters()])


def test_groups_are_of_one_size_but_the_last():
    assert list(grouped(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(grouped([], 3)) == []


def test_four_micro_batches_make_the_step_of_one_large_batch():
    one, four = module(), module()
    whole = fit_encoder(one, batches_of(32), loss, plan=PLAN)
    parts = fit_encoder(four, batches_of(8), loss, plan=replace(PLAN, accumulate=4))
    assert torch.allclose(weights(one), weights(four), atol=1e-6)
    for left, right in zip(whole.epochs, parts.epochs, strict=True):
        assert (
            (left.steps, left.learning_rate) == (right.steps, right.learning_rate) == (2, left.learning_rate)
        )
        assert left.loss == pytest.approx(right.loss, rel=1e-5)
        assert left.gradient_norm == pytest.approx(right.gradient_norm, rel=1e-5)


def test_what_is_left_over_in_an_epoch_is_a_step_of_its_own_mean():
    one, parts = module(), module()
    # 20 rows as 16 and 4, beside 8 + 8 and 4: the last group's mean is over what there is of it.
    fit_encoder(one, lambda epoch, rng: [torch.arange(16), torch.arange(16, 20)], loss, plan=PLAN)
    micro = [torch.arange(8), torch.arange(8, 16), torch.arange(16, 20)]
    history = fit_encoder(parts, lambda epoch, rng: micro, loss, plan=replace(PLAN, accumulate=2))
    assert [epoch.steps for epoch in history.epochs] == [2, 2, 2]
    assert torch.allclose(weights(one), weights(parts), atol=1e-6)


def test_more_micro_batches_to_a_step_than_there_are_still_make_one():
    history = fit_encoder(module(), batches_of(16), loss, plan=replace(PLAN, accumulate=100))
    assert [epoch.steps for epoch in history.epochs] == [1, 1, 1]


def test_one_micro_batch_that_is_not_finite_skips_its_whole_step():
    bad = 5

    def sometimes(module, rows):
        value = loss(module, rows)
        return value * float("nan") if bad in rows else value

    healthy, struck = module(), module()
    half = [torch.arange(32, 48), torch.arange(48, 64)]
    plan = replace(PLAN, epochs=1, steps_per_epoch=None, accumulate=2)
    fit_encoder(healthy, lambda epoch, rng: half, loss, plan=plan)
    whole = [torch.arange(16, 32), torch.arange(16), *half]
    history = fit_encoder(struck, lambda epoch, rng: whole, sometimes, plan=plan)
    assert (history.epochs[0].steps, history.epochs[0].skipped) == (1, 1)
    assert torch.equal(weights(healthy), weights(struck))


def test_ten_skipped_steps_in_a_row_are_too_many_not_ten_micro_batches():
    calls = []

    def never(module, rows):
        calls.append(rows)
        return loss(module, rows) * float("inf")

    with pytest.raises(ShelfspaceError, match="10 steps in a row"):
        fit_encoder(module(), batches_of(1), never, plan=replace(PLAN, accumulate=4))
    assert len(calls) == 10, "the rest of a step that will be skipped is not computed"


def test_progress_goes_a_step_at_a_time(monkeypatch):
    from contextlib import contextmanager

    told = []

    @contextmanager
    def progress(label, total):
        told.append(total)
        yield lambda steps=1, note="": told.append(steps)

    monkeypatch.setattr("shelfspace.training.fit.progress", progress)
    fit_encoder(module(), batches_of(8), loss, plan=replace(PLAN, accumulate=4))
    assert told[0] == sum(told[1:]) == 6


class KilledError(Exception):
    pass


@pytest.mark.parametrize("killed", [1, 2])
def test_a_resumed_run_gives_the_same_weights_bit_for_bit(tmp_path, killed):
    def until(epoch, rng):
        if epoch == killed:
            raise KilledError
        return batches_of(9)(epoch, rng)

    plan = replace(PLAN, accumulate=3)
    expected, begun, resumed = module(0.3), module(0.3), module(0.3)
    fit_encoder(expected, batches_of(9), loss, plan=plan)
    with pytest.raises(KilledError):
        fit_encoder(begun, until, loss, plan=plan, checkpoint=tmp_path)
    fit_encoder(resumed, batches_of(9), loss, plan=plan, checkpoint=tmp_path, resume=True)
    assert torch.equal(weights(expected), weights(resumed))


def test_waiting_for_batches_is_measured():
    import time

    from shelfspace.training.epoch import Watched

    def slow():
        for number in range(3):
            time.sleep(0.02)
            yield number

    batches = Watched(slow())
    assert list(batches) == [0, 1, 2]
    assert 0.06 <= batches.waited_seconds < 1
