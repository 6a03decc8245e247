import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral import spectral_contrastive


@pytest.fixture
def pairs():
    generator = torch.Generator().manual_seed(0)
    return tuple(torch.randn(6, 3, generator=generator, dtype=torch.float64) for _ in range(2))


def test_it_equals_the_loop(pairs):
    left, right = (part.tolist() for part in pairs)

    def product(i, j):
        return sum(x * y for x, y in zip(left[i], right[j], strict=True))

    attraction = sum(product(i, i) for i in range(6)) / 6
    repulsion = sum(product(i, j) ** 2 for i in range(6) for j in range(6) if i != j) / 30
    assert spectral_contrastive(*pairs).item() == pytest.approx(repulsion - 2 * attraction)


def test_its_gradients_are_right(pairs):
    assert torch.autograd.gradcheck(spectral_contrastive, tuple(part.requires_grad_() for part in pairs))


def test_sides_may_be_swapped(pairs):
    assert torch.allclose(spectral_contrastive(*pairs), spectral_contrastive(*pairs[::-1]))


@pytest.mark.parametrize("n", [0, 1])
def test_without_negatives_it_is_zero(n):
    given = torch.ones(n, 3, requires_grad=True)
    loss = spectral_contrastive(given, given)
    loss.backward()
    assert loss.item() == 0.0
    assert not given.grad.any()


def test_shapes_are_checked(pairs):
    with pytest.raises(OptionError):
        spectral_contrastive(pairs[0], pairs[1][:-1])
