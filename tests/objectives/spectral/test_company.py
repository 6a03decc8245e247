import numpy as np
import pytest
import scipy.sparse

from shelfspace.objectives.spectral import company_vectors


def drawn(n: int = 200, words: int = 12, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).random((n, words)) < 0.3).astype(np.float64)


def test_it_is_the_factorisation_of_the_positive_information() -> None:
    held = drawn()
    together = held.T @ held
    np.fill_diagonal(together, 0)
    context = together.sum(axis=0) ** 0.75
    share = together / together.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        matrix = np.maximum(np.log(share / (context / context.sum())), 0)
    left, values, _ = np.linalg.svd(matrix)
    expected = left[:, :5] * np.sqrt(values[:5])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    found = company_vectors(scipy.sparse.csr_array(held), 5)
    assert np.allclose(found @ found.T, expected @ expected.T, atol=1e-4)


def test_words_of_one_company_are_near_without_ever_meeting() -> None:
    rng = np.random.default_rng(1)
    held = np.zeros((600, 20))
    for row in range(600):
        kind = row % 2
        held[row, 10 * kind + 2 + rng.choice(8, 3, replace=False)] = 1
        held[row, 10 * kind + rng.integers(2)] = 1  # words 0 and 1, and 10 and 11, stand for each other
    found = company_vectors(held, 6)
    assert found[0] @ found[1] > 0.9
    assert found[10] @ found[11] > 0.9
    assert abs(found[0] @ found[10]) < 0.3


@pytest.mark.parametrize("held", [np.zeros((0, 0)), np.ones((3, 1)), np.eye(4), np.zeros((5, 3))])
def test_words_without_company_are_zero(held: np.ndarray) -> None:
    found = company_vectors(held, 4)
    assert found.shape[0] == held.shape[1]
    assert not found.any()
    assert np.isfinite(found).all()
