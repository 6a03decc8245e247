import numpy as np
import pytest
import scipy.sparse

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral import truncated_svd


def decaying(n, m, seed=0):
    """A sparse matrix whose values fall slowly, as those of interactions do."""
    rng = np.random.default_rng(seed)
    rows = scipy.sparse.random(n, m, 0.01, random_state=rng, format="csr", dtype=np.float32)
    popularity = 1 / np.sqrt(1 + np.arange(m))
    return scipy.sparse.csr_array(rows @ scipy.sparse.diags_array(popularity.astype(np.float32)))


def check(matrix, k, result, rtol):
    dense = scipy.sparse.csr_array(matrix).toarray().astype(np.float64)
    expected = np.linalg.svd(dense, compute_uv=False)[:k]
    left, values, right = result
    assert (left.shape, values.shape, right.shape) == ((len(dense), k), (k,), (dense.shape[1], k))
    assert left.dtype == values.dtype == right.dtype == np.float32
    np.testing.assert_allclose(values, expected, rtol=rtol, atol=1e-5 * expected[0])
    np.testing.assert_allclose(left.T @ left, np.eye(k), atol=5e-5)
    np.testing.assert_allclose(right.T @ right, np.eye(k), atol=5e-5)
    np.testing.assert_allclose(dense @ right, left * values, atol=1e-4 * max(expected[0], 1e-9))
    # Eckart–Young: no approximation of this rank loses less.
    lost = np.linalg.norm(dense - (left * values) @ right.T) ** 2
    assert lost <= (np.linalg.norm(dense) ** 2 - (expected**2).sum()) * (1 + 1e-3) + 1e-6 * expected[0] ** 2


@pytest.mark.parametrize("shape", [(60, 40), (40, 60), (700, 1), (1, 1)])
def test_small_matrices(shape):
    matrix = scipy.sparse.random(*shape, 0.5, random_state=0, format="csr")
    for k in {1, min(shape) // 2 or 1, min(shape)}:
        check(matrix, k, truncated_svd(matrix, k), rtol=1e-5)


@pytest.mark.parametrize("shape", [(1600, 1300), (1300, 1600)])
@pytest.mark.parametrize("k", [3, 40])
def test_krylov_converges_to_numpys(shape, k):
    matrix = decaying(*shape)
    check(matrix, k, truncated_svd(matrix, k), rtol=1e-4)


@pytest.mark.parametrize(
    "matrix",
    [
        scipy.sparse.csr_array((1400, 1300)),
        scipy.sparse.eye_array(1300, format="csr"),
        scipy.sparse.csr_array(np.outer(np.arange(1300.0), np.ones(1400))),
        scipy.sparse.block_diag([np.ones((50, 50))] * 26, format="csr"),
    ],
    ids=["zero", "identity", "rank one", "equal values"],
)
def test_degenerate_spectra(matrix):
    check(matrix, 30, truncated_svd(matrix, 30), rtol=1e-4)


def test_it_is_deterministic_with_fixed_signs():
    matrix = decaying(1500, 1300)
    first, second = truncated_svd(matrix, 10, seed=4), truncated_svd(matrix, 10, seed=4)
    for left, right in zip(first, second, strict=True):
        np.testing.assert_array_equal(left, right)
    peaks = np.abs(first.right).argmax(axis=0)
    assert (first.right[peaks, range(10)] > 0).all()
    np.testing.assert_allclose(truncated_svd(matrix, 10, seed=5).values, first.values, rtol=1e-5)


def test_what_cannot_be_decomposed_is_refused():
    for matrix, k in ((np.eye(3), 0), (np.eye(3), 4), (np.zeros((0, 3)), 1), (np.full((2, 2), np.nan), 1)):
        with pytest.raises(OptionError):
            truncated_svd(matrix, k)
