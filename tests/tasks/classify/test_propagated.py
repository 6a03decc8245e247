import numpy as np
import pytest

from shelfspace.tasks.classify.propagated import propagated


def ring(n, turns=0.0):
    """Points on an arc of `turns` of a circle, so that only near ones are alike."""
    angles = np.linspace(0, 2 * np.pi * turns, n)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_two_labels_reach_the_whole_of_their_chains():
    features = np.concatenate([ring(40, 0.4), -ring(40, 0.4)])
    classes = np.repeat([0, 1], 40)
    labels = np.full(80, -1)
    labels[[0, 40]] = 0, 1
    found = propagated(features, labels, np.full((80, 2), 0.5, np.float32), k=3, spread=0.99)
    assert (found.argmax(axis=1) == classes).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert found[0].tolist() == [1, 0]


def test_it_is_the_iteration_of_the_paper():
    rng = np.random.default_rng(0)
    features = rng.standard_normal((12, 3)).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    opinions = rng.dirichlet(np.ones(3), 12).astype(np.float32)
    found = propagated(features, np.full(12, -1), opinions, k=11, spread=0.5)
    weights = np.exp(10 * (features @ features.T - 1)).astype(np.float64)
    np.fill_diagonal(weights, 0)
    root = 1 / np.sqrt(weights.sum(axis=1))
    closed = np.linalg.solve(np.eye(12) - 0.5 * root[:, None] * weights * root, 0.5 * opinions)
    wanted = closed**2 / (closed**2).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_rows(n):
    opinions = np.tile(np.float32([0.25, 0.75]), (n, 1))
    found = propagated(ring(n), np.full(n, -1), opinions)
    assert found.shape == (n, 2)
    assert np.isfinite(found).all()
    assert (found.argmax(axis=1) == 1).all()


def test_rows_that_are_all_alike_agree():
    found = propagated(
        np.tile(np.float32([1, 0]), (6, 1)), np.array([1, -1, -1, -1, -1, -1]), np.zeros((6, 2))
    )
    assert (found.argmax(axis=1) == 1).all()
