import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.next_item import full_softmax, sampled_softmax


def drawn(n, d, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_full_softmax_is_the_loop():
    states, items, targets = drawn(5, 4), drawn(7, 4, 1), torch.tensor([0, 6, 3, 3, 1])
    losses = []
    for state, target in zip(states, targets, strict=True):
        shares = [math.exp(float(state @ item)) for item in items]
        losses.append(-math.log(shares[int(target)] / sum(shares)))
    assert full_softmax(states, items, targets).item() == pytest.approx(sum(losses) / 5, rel=1e-6)


def test_the_sampled_softmax_is_the_loop():
    states, positives, negatives = drawn(5, 4), drawn(5, 4, 1), drawn(3, 4, 2)
    chances = torch.tensor([0.5, 0.1, 0.4])
    mask = torch.zeros(5, 3, dtype=torch.bool)
    mask[2, 1] = True
    losses = []
    for i in range(5):
        own = math.exp(float(states[i] @ positives[i]))
        others = sum(
            math.exp(float(states[i] @ negatives[j])) / (3 * float(chances[j]))
            for j in range(3)
            if not mask[i, j]
        )
        losses.append(-math.log(own / (own + others)))
    found = sampled_softmax(states, positives, negatives, chances.log(), mask)
    assert found.item() == pytest.approx(sum(losses) / 5, rel=1e-5)


def test_many_draws_come_near_the_full_softmax():
    states, items, targets = drawn(4, 4), drawn(50, 4, 1), torch.arange(4)
    chances = torch.rand(50, generator=torch.Generator().manual_seed(3)) + 0.1
    chances /= chances.sum()
    draws = torch.multinomial(chances, 200_000, replacement=True, generator=torch.Generator().manual_seed(4))
    hits = draws[None, :] == targets[:, None]
    near = sampled_softmax(states, items[targets], items[draws], chances[draws].log(), hits)
    assert near.item() == pytest.approx(full_softmax(states, items, targets).item(), rel=0.01)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_extreme_states_give_finite_losses_and_gradients(scale):
    states = (scale * drawn(6, 4)).float().requires_grad_()
    items = drawn(9, 4, 1).float().requires_grad_()
    logs = torch.full((9,), -math.log(9))
    for loss in (
        full_softmax(states, items, torch.arange(6)),
        sampled_softmax(states, items[:6], items, logs, torch.eye(6, 9, dtype=torch.bool)),
    ):
        (gradient,) = torch.autograd.grad(loss, states, retain_graph=True)
        assert torch.isfinite(loss) and torch.isfinite(gradient).all()


def test_gradients_are_right():
    states, items = drawn(3, 4).requires_grad_(), drawn(5, 4, 1).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda a, b: full_softmax(a, b, torch.arange(3)), (states, items), atol=1e-3, eps=1e-3
    )


def test_nothing_to_tell_apart_is_zero():
    none, some = torch.zeros(0, 4, requires_grad=True), torch.ones(2, 4, requires_grad=True)
    empty = torch.zeros(0, dtype=torch.int64)
    for loss in (
        full_softmax(none, some, empty),
        sampled_softmax(none, none, some, torch.zeros(2)),
        sampled_softmax(some, some, none, torch.zeros(0)),
    ):
        loss.backward()
        assert loss.item() == 0
    only = sampled_softmax(some, some, some, torch.zeros(2), torch.ones(2, 2, dtype=torch.bool))
    only.backward()
    assert only.item() == 0 and torch.isfinite(some.grad).all()


def test_wrong_shapes_are_refused():
    with pytest.raises(OptionError):
        full_softmax(torch.ones(2, 3), torch.ones(4, 5), torch.zeros(2, dtype=torch.int64))
    with pytest.raises(OptionError):
        full_softmax(torch.ones(2, 3), torch.ones(4, 3), torch.zeros(3, dtype=torch.int64))
    with pytest.raises(OptionError):
        sampled_softmax(torch.ones(2, 3), torch.ones(2, 3), torch.ones(4, 3), torch.zeros(3))
