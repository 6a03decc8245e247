import pytest
import torch

from shelfspace.objectives.similarity import cosines, paired_cosines, unit


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1.0, 1e20, 1e37])
def test_length_does_not_matter(scale):
    vectors = torch.tensor([[3.0, -4.0], [1.0, 0.0]])
    assert torch.allclose(unit(vectors * scale), torch.tensor([[0.6, -0.8], [1.0, 0.0]]))


def test_zero_stays_zero_with_gradient_zero():
    vectors = torch.zeros(2, 3, requires_grad=True)
    (unit(vectors) * torch.ones(3)).sum().backward()
    assert not unit(vectors).any()
    assert not vectors.grad.any()


def test_gradients_are_right():
    vectors = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(unit, (vectors.requires_grad_(),))


def test_low_precision_is_widened():
    vectors = torch.tensor([[1.0, 2.0, 3.0]])
    assert unit(vectors.bfloat16()).dtype == torch.float32
    assert cosines(vectors.half(), vectors.half()).dtype == torch.float32


def test_paired_are_the_diagonal():
    left, right = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(paired_cosines(left, right), cosines(left, right).diagonal(), atol=1e-6)
