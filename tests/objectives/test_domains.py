import math

import numpy as np
import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError
from shelfspace.objectives.domains import (
    coral,
    domain_adversarial,
    mmd,
    reversal_strength,
    reverse_gradient,
)

N, M, D = 6, 4, 3


def sample(n, seed, shift=0.0, scale=1.0):
    return (
        torch.randn(n, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * scale + shift
    )


def mmd_loop(source, target, scale=None):
    both = [*source.tolist(), *target.tolist()]
    scale = scale or np.mean([math.dist(x, y) ** 2 for x in both for y in both])

    def kernel(x, y):
        return np.mean([math.exp(-(math.dist(x, y) ** 2) / (w * scale)) for w in (0.25, 0.5, 1, 2, 4)])

    def mean(left, right):
        return np.mean([kernel(x, y) for x in left.tolist() for y in right.tolist()])

    return mean(source, source) + mean(target, target) - 2 * mean(source, target)


def test_coral_equals_numpy():
    source, target = sample(N, 0), sample(M, 1)
    apart = np.cov(source.T.numpy()) - np.cov(target.T.numpy())
    assert coral(source, target).item() == pytest.approx((apart**2).sum() / (4 * D * D))


def test_coral_does_not_see_a_shift_and_mmd_does():
    source = sample(200, 0)
    assert coral(source, source + 5).item() == pytest.approx(0, abs=1e-12)
    assert mmd(source, source + 5).item() > 0.5
    assert coral(source, 3 * source).item() == pytest.approx(
        64 * torch.cov(source.T).square().sum().item() / (4 * D * D)
    )


@pytest.mark.parametrize("scale", [None, 0.7])
def test_mmd_equals_the_loop(scale):
    source, target = sample(N, 0), sample(M, 1, shift=0.5)
    assert mmd(source, target, scale=scale).item() == pytest.approx(mmd_loop(source, target, scale))


def test_mmd_grows_with_the_gap():
    values = [mmd(sample(100, 0), sample(100, 1, shift=shift)).item() for shift in (0.0, 0.5, 1.0, 2.0)]
    assert values == sorted(values)
    assert values[0] < 0.03


def test_gradients_are_right():
    source, target = sample(N, 0).requires_grad_(), sample(M, 1, shift=0.5).requires_grad_()
    assert torch.autograd.gradcheck(coral, (source, target))
    assert torch.autograd.gradcheck(lambda s, t: mmd(s, t, scale=1.3), (source, target))


def test_a_step_brings_the_crowds_together():
    for objective in (coral, mmd):
        source, target = sample(50, 0).requires_grad_(), sample(60, 1, shift=1.0, scale=2.0)
        before = objective(source, target).item()
        optimiser = torch.optim.Adam([source], lr=0.05)
        for _ in range(60):
            optimiser.zero_grad()
            objective(source, target).backward()
            optimiser.step()
        assert objective(source, target).item() < 0.3 * before


@pytest.mark.parametrize("objective", [coral, mmd])
def test_degenerate_crowds(objective):
    for source, target in ((0, 0), (0, 3), (3, 0), (1, 1)):
        given = sample(source, 0).requires_grad_(), sample(target, 1).requires_grad_()
        loss = objective(*given)
        loss.backward()
        assert torch.isfinite(loss)
    same = torch.ones(4, D, requires_grad=True)
    loss = objective(same, same.detach())
    loss.backward()
    assert loss.item() == 0
    assert not same.grad.any()
    with pytest.raises(OptionError):
        objective(sample(3, 0), torch.zeros(3, D + 1))


def test_the_gradient_comes_back_reversed():
    values = sample(N, 0).requires_grad_()
    reversed_ = reverse_gradient(values, 0.3)
    assert torch.equal(reversed_, values)
    (reversed_ * 2).sum().backward()
    assert torch.allclose(values.grad, torch.full_like(values, -0.6))
    for wrong in (-1.0, math.inf, math.nan):
        with pytest.raises(OptionError):
            reverse_gradient(values, wrong)


def test_adversarial_is_cross_entropy_whose_encoder_unlearns():
    torch.manual_seed(0)
    classify = nn.Linear(D, 2).double()
    vectors, domains = sample(N, 0).requires_grad_(), torch.tensor([0, 0, 0, 1, 1, 1])
    loss = domain_adversarial(vectors, domains, classify, strength=0.5)
    plain = nn.functional.cross_entropy(classify(vectors), domains)
    assert loss.item() == pytest.approx(plain.item())
    ours, ours_weight = torch.autograd.grad(loss, [vectors, classify.weight])
    theirs, their_weight = torch.autograd.grad(plain, [vectors, classify.weight])
    assert torch.allclose(ours, -0.5 * theirs)
    assert torch.allclose(ours_weight, their_weight)


def test_an_encoder_learns_to_hide_the_domain():
    torch.manual_seed(0)
    things = torch.cat([sample(60, 0), sample(60, 1) + torch.tensor([4.0, 0.0, 0.0])]).float()
    domains = torch.arange(2).repeat_interleave(60)
    encoder, classify = nn.Linear(D, D), nn.Linear(D, 2)
    damped = {"params": classify.parameters(), "weight_decay": 0.3}  # or they would circle each other
    optimiser = torch.optim.SGD([{"params": encoder.parameters()}, damped], lr=0.1)

    def gap():
        with torch.no_grad():
            vectors = encoder(things)
            means = vectors[:60].mean(dim=0) - vectors[60:].mean(dim=0)
            return (means.norm() / vectors.std(dim=0).norm()).item()

    before = gap()
    for step in range(300):
        optimiser.zero_grad()
        domain_adversarial(
            encoder(things), domains, classify, strength=reversal_strength(step / 100)
        ).backward()
        optimiser.step()
    assert gap() < 0.5 * before


def test_adversarial_of_none_and_of_other_shapes():
    classify = nn.Linear(D, 2)
    none = torch.zeros(0, D, requires_grad=True)
    assert domain_adversarial(none, torch.zeros(0, dtype=torch.long), classify).item() == 0
    with pytest.raises(OptionError):
        domain_adversarial(torch.zeros(3, D), torch.zeros(2, dtype=torch.long), classify)


def test_the_strength_rises_from_nothing_to_one():
    values = [reversal_strength(share) for share in (-1.0, 0.0, 0.1, 0.5, 1.0, 2.0)]
    assert values == sorted(values)
    assert values[1] == 0
    assert values[2] == pytest.approx(2 / (1 + math.exp(-1)) - 1)
    assert values[-1] == values[-2] == pytest.approx(1, abs=1e-4)
