import math

import pytest
import torch

from shelfspace.objectives.collapse import effective_rank, spread


def test_rank_of_orthogonal_vectors_is_their_number_and_of_one_point_one():
    assert effective_rank(torch.eye(7) * 5) == pytest.approx(7)
    assert effective_rank(torch.ones(9, 4)) == pytest.approx(1, abs=1e-3)
    assert effective_rank(torch.zeros(3, 4)) == 0.0
    assert effective_rank(torch.zeros(0, 4)) == 0.0


def test_rank_equals_its_formula():
    vectors = torch.diag(torch.tensor([1.0, 1.0]))[[0, 0, 0, 1]]  # singular values √3 and 1
    shares = [math.sqrt(3) / (math.sqrt(3) + 1), 1 / (math.sqrt(3) + 1)]
    expected = math.exp(-sum(share * math.log(share) for share in shares))
    assert effective_rank(vectors) == pytest.approx(expected, rel=1e-5)


def test_spread_of_opposites_is_one_and_of_one_point_zero():
    assert spread(torch.tensor([[1.0, 0.0], [-9.0, 0.0]])) == pytest.approx(1)
    assert spread(torch.ones(5, 3)) == pytest.approx(0, abs=1e-3)
    assert spread(torch.eye(2)) == pytest.approx(math.sqrt(0.5))
    assert spread(torch.zeros(0, 3)) == 0.0
