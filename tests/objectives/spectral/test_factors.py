import numpy as np
import pytest
import scipy.sparse
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral import normalised_cooccurrence, spectral_contrastive, spectral_factors


@pytest.fixture
def counts():
    rng = np.random.default_rng(0)
    return rng.integers(0, 4, (30, 20)) * (rng.random((30, 20)) < 0.5).astype(float)


@pytest.mark.parametrize("exponents", [(0.5, 0.5), (0.0, 1.0), (0.3, 0.0)])
def test_normalisation_equals_the_loop(counts, exponents):
    counts[3] = 0
    counts[:, 5] = 0
    expected = np.zeros_like(counts)
    for i, j in zip(*np.nonzero(counts), strict=True):
        expected[i, j] = counts[i, j] / counts[i].sum() ** exponents[0] / counts[:, j].sum() ** exponents[1]
    result = normalised_cooccurrence(counts, *exponents)
    np.testing.assert_allclose(result.toarray(), expected, rtol=1e-5)
    assert result.dtype == np.float32


def test_the_leading_value_of_the_normalised_matrix_is_one(counts):
    assert spectral_factors(counts, 1).values[0] == pytest.approx(1, abs=1e-5)


def population_loss(left, right, joint):
    """The spectral contrastive loss over the whole population: its expectations, not a batch."""
    rows, columns = joint.sum(1), joint.sum(0)
    products = left @ right.T
    return -2 * (joint * products).sum() + (rows[:, None] * columns * products**2).sum()


def test_the_factors_are_the_minimum_of_the_loss_over_the_population(counts):
    joint = torch.tensor(counts / counts.sum())
    left, right, values = spectral_factors(counts, 5, left_power=-0.5, right_power=-0.5)
    factors = [torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in (left, right)]
    loss = population_loss(*factors, joint)
    assert loss.item() == pytest.approx(-(values.astype(float) ** 2).sum(), abs=1e-5)
    for gradient in torch.autograd.grad(loss, factors):
        assert gradient.abs().max() < 1e-5
    noise = torch.Generator().manual_seed(0)
    for _ in range(20):
        moved = [part + 0.05 * torch.randn(part.shape, generator=noise) for part in factors]
        assert population_loss(*moved, joint) > loss


def test_the_loss_of_batches_is_that_of_the_population_on_average(counts):
    joint = counts / counts.sum()
    left, right, _ = spectral_factors(counts, 4, left_power=-0.5, right_power=-0.5)
    rng = np.random.default_rng(0)
    cells = rng.choice(joint.size, 4000, p=joint.ravel())
    i, j = np.unravel_index(cells, joint.shape)
    batch = spectral_contrastive(torch.tensor(left[i]).double(), torch.tensor(right[j]).double())
    expected = population_loss(torch.tensor(left), torch.tensor(right), torch.tensor(joint))
    assert batch.item() == pytest.approx(expected.item(), abs=0.15)


def test_powers_put_popularity_back(counts):
    plain, popular = spectral_factors(counts, 3), spectral_factors(counts, 3, right_power=0.5)
    shares = counts.sum(0) / counts.sum()
    np.testing.assert_allclose(popular.right, plain.right * np.sqrt(shares)[:, None], rtol=1e-4)


def test_planted_groups_are_found():
    """A checkerboard of 6 groups of users and products: all neighbours come from the own group."""
    rng = np.random.default_rng(0)
    user, item = rng.integers(0, 6, 500), rng.integers(0, 6, 300)
    matrix = scipy.sparse.csr_array((user[:, None] == item) & (rng.random((500, 300)) < 0.1))
    factors = spectral_factors(matrix, 6)
    best = (factors.left @ factors.right.T).argmax(axis=1)
    seen = np.asarray(matrix.sum(axis=1)).ravel() > 0
    assert (item[best] == user)[seen].mean() > 0.99


def test_an_empty_matrix_gives_zero_vectors():
    factors = spectral_factors(scipy.sparse.csr_array((5, 4)), 2, left_power=-0.5)
    assert not factors.left.any()
    assert not factors.right.any()


def test_negative_counts_are_refused(counts):
    with pytest.raises(OptionError, match="negative"):
        normalised_cooccurrence(-counts)
