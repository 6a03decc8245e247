import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.bootstrap import byol, simsiam

N, D = 5, 4


def four(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(N, D, generator=generator, dtype=torch.float64).to(dtype) for _ in range(4)]


def unit(row):
    length = math.sqrt(sum(x * x for x in row))
    return [x / length for x in row]


def byol_loop(p_a, p_b, t_a, t_b):
    total = 0.0
    for ours, theirs in ((p_a, t_b), (p_b, t_a)):
        for p, t in zip(ours.tolist(), theirs.tolist(), strict=True):
            total += sum((x - y) ** 2 for x, y in zip(unit(p), unit(t), strict=True))
    return total / len(p_a)


def test_byol_is_the_squared_distance_of_unit_vectors():
    assert byol(*four()).item() == pytest.approx(byol_loop(*four()))


def test_simsiam_is_byol_on_another_scale():
    assert byol(*four()).item() == pytest.approx(4 + 4 * simsiam(*four()).item())


@pytest.mark.parametrize(("objective", "least", "most"), [(byol, 0.0, 8.0), (simsiam, -1.0, 1.0)])
def test_the_bounds_are_reached(objective, least, most):
    a, b, _, _ = four()
    assert objective(a, b, b, a).item() == pytest.approx(least)
    assert objective(a, b, -b, -a).item() == pytest.approx(most)
    assert objective(3 * a, b, b, a / 7).item() == pytest.approx(least)


@pytest.mark.parametrize("objective", [byol, simsiam])
def test_gradients_are_right_and_stop_at_the_targets(objective):
    a, b, c, d = [part.requires_grad_() for part in four()]
    assert torch.autograd.gradcheck(lambda x, y: objective(x, y, c.detach(), d.detach()), (a, b))
    objective(a, b, c, d).backward()
    assert a.grad is not None
    assert b.grad is not None
    assert c.grad is None
    assert d.grad is None


@pytest.mark.parametrize("objective", [byol, simsiam])
def test_swapping_the_looks_is_no_matter(objective):
    a, b, c, d = four()
    assert objective(a, b, c, d) == objective(b, a, d, c)


@pytest.mark.parametrize("objective", [byol, simsiam])
def test_degenerate_batches(objective):
    none = torch.zeros(0, D, requires_grad=True)
    loss = objective(none, none, none, none)
    loss.backward()
    assert loss.item() == 0
    zeros = torch.zeros(3, D, requires_grad=True)
    objective(zeros, zeros, zeros, zeros).backward()
    assert not zeros.grad.any()
    with pytest.raises(OptionError):
        objective(*four()[:3], torch.zeros(N, D + 1))
