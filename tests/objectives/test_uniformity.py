import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.uniformity import alignment, directau, uniformity


def vectors(n=6, d=4, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def by_loops(left, right):
    """Alignment of a pair of lists and uniformity of the first, number by number."""
    one, two = ([[x / math.hypot(*row) for x in row] for row in part.tolist()] for part in (left, right))
    n = len(one)
    near = sum(sum((x - y) ** 2 for x, y in zip(one[i], two[i], strict=True)) for i in range(n)) / n
    total = 0.0
    for i in range(n):
        for j in range(n):
            if i != j:
                total += math.exp(-2 * sum((x - y) ** 2 for x, y in zip(one[i], one[j], strict=True)))
    return near, math.log(total / (n * (n - 1)))


def test_they_are_what_the_formulas_say():
    left, right = vectors(), vectors(seed=1)
    near, even = by_loops(left, right)
    assert alignment(left, right).item() == pytest.approx(near)
    assert uniformity(left).item() == pytest.approx(even)
    expected = near + 0.7 * (even + by_loops(right, left)[1]) / 2
    assert directau(left, right, weight=0.7).item() == pytest.approx(expected)


def test_known_values():
    assert uniformity(torch.eye(3)).item() == pytest.approx(-4)  # all at right angles: ‖·‖² = 2
    assert uniformity(torch.ones(3, 2)).item() == pytest.approx(0, abs=1e-6)
    pair = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    assert uniformity(pair, sharpness=1).item() == pytest.approx(-4)
    assert alignment(pair, -pair).item() == pytest.approx(4)


def test_gradients():
    left, right = vectors().requires_grad_(), vectors(seed=1).requires_grad_()
    assert torch.autograd.gradcheck(directau, (left, right))


def test_next_to_nothing():
    none, one = torch.zeros(0, 3, requires_grad=True), torch.ones(1, 3, requires_grad=True)
    assert directau(none, none).item() == 0
    assert directau(one, one).item() == pytest.approx(0, abs=1e-6)
    loss = uniformity(one)
    loss.backward()
    assert loss.item() == 0
    assert not one.grad.any()


def test_what_cannot_be_is_refused():
    with pytest.raises(OptionError):
        alignment(torch.zeros(2, 3), torch.zeros(3, 3))
    with pytest.raises(OptionError):
        uniformity(torch.ones(2, 2), sharpness=0)
