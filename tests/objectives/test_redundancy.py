import math

import numpy as np
import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.redundancy import barlow_twins, vicreg

N, D = 7, 4


def looks(n=N):
    generator = torch.Generator().manual_seed(0)
    return tuple(torch.randn(n, D, generator=generator, dtype=torch.float64) for _ in range(2))


def barlow_loop(a, b, weight):
    total = 0.0
    for i in range(D):
        for j in range(D):
            x, y = a[:, i].numpy(), b[:, j].numpy()
            c = ((x - x.mean()) * (y - y.mean())).mean() / (x.std() * y.std())
            total += (1 - c) ** 2 if i == j else weight * c**2
    return total


def vicreg_loop(a, b):
    same = sum(math.dist(x, y) ** 2 for x, y in zip(a.tolist(), b.tolist(), strict=True)) / len(a)
    total = 25 * same
    for z in (a.numpy(), b.numpy()):
        covariance = np.cov(z.T)
        total += 25 * np.mean([max(0, 1 - math.sqrt(covariance[j, j] + 1e-4)) for j in range(D)])
        total += sum(covariance[i, j] ** 2 for i in range(D) for j in range(D) if i != j) / D
    return total


def test_barlow_twins_equals_the_loop():
    for weight in (0.0051, 1.0):
        assert barlow_twins(*looks(), redundancy=weight).item() == pytest.approx(
            barlow_loop(*looks(), weight)
        )


def test_vicreg_equals_the_loop():
    assert vicreg(*looks()).item() == pytest.approx(vicreg_loop(*looks()))


def test_vicreg_with_one_weight_alone():
    a, b = looks()
    assert vicreg(a, a, variance=0, covariance=0).item() == 0
    assert vicreg(9 * a, 9 * b, invariance=0, covariance=0).item() == 0
    assert vicreg(a * 0, b * 0, invariance=0, covariance=0, variance=1).item() == pytest.approx(2 * 0.99)


def test_the_optimum_costs_nothing():
    hadamard = torch.tensor(
        [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], dtype=torch.float64
    )
    apart = hadamard[:, 1:]
    assert barlow_twins(apart, 5 * apart + 2).item() == pytest.approx(0, abs=1e-12)
    assert vicreg(apart, apart).item() == pytest.approx(0, abs=1e-12)


def test_one_dimension_said_twice_costs():
    a = looks()[0]
    twice = torch.cat([a[:, :2], a[:, :2]], dim=1)
    assert barlow_twins(twice, twice, redundancy=1.0).item() > barlow_twins(a, a, redundancy=1.0).item()


@pytest.mark.parametrize("objective", [barlow_twins, vicreg])
def test_gradients_are_right(objective):
    assert torch.autograd.gradcheck(objective, [part.requires_grad_() for part in looks()])


@pytest.mark.parametrize("objective", [barlow_twins, vicreg])
def test_two_looks_are_equals(objective):
    a, b = looks()
    assert objective(a, b).item() == pytest.approx(objective(b, a).item())


def test_a_collapsed_batch_costs_and_has_no_wild_gradient():
    same = torch.full((8, D), 0.3, requires_grad=True)
    loss = barlow_twins(same, same)
    loss.backward()
    assert loss.item() == D
    assert not same.grad.any()
    assert vicreg(same, same).item() == pytest.approx(2 * 25 * 0.99, rel=1e-3)


@pytest.mark.parametrize("objective", [barlow_twins, vicreg])
def test_none_and_one(objective):
    none, one = torch.zeros(0, D, requires_grad=True), torch.ones(1, D, requires_grad=True)
    assert objective(none, none).item() == 0
    loss = objective(one, one)
    loss.backward()
    assert loss.item() == 0
    assert not one.grad.any()


def test_negative_weights_are_refused():
    with pytest.raises(OptionError):
        barlow_twins(*looks(), redundancy=-1)
    with pytest.raises(OptionError):
        vicreg(*looks(), variance=float("nan"))
