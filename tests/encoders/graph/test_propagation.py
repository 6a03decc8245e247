import numpy as np
import pytest
import torch

from shelfspace.encoders.graph.propagation import Graph, Sides, mean_of, propagate, pull_back


@pytest.fixture
def matrix():
    return (np.random.default_rng(0).random((6, 4)) < 0.5).astype(np.float32)


def sides(n=6, m=4, d=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return Sides(torch.randn(n, d, generator=generator), torch.randn(m, d, generator=generator))


def whole(matrix):
    """The normalised adjacency of users and items together, float64 [n + m, n + m]."""
    n, m = matrix.shape
    adjacency = np.zeros((n + m, n + m))
    adjacency[:n, n:], adjacency[n:, :n] = matrix, matrix.T
    degrees = adjacency.sum(axis=1)
    root = np.where(degrees > 0, np.maximum(degrees, 1e-300) ** -0.5, 0)
    return root[:, None] * adjacency * root[None, :]


def test_layers_are_powers_of_the_normalised_adjacency(matrix):
    start = sides()
    layers = propagate(Graph.of(matrix), start, 3)
    stacked = torch.cat(list(start)).double().numpy()
    for power, layer in enumerate(layers):
        expected = np.linalg.matrix_power(whole(matrix), power) @ stacked
        assert np.allclose(torch.cat(list(layer)).numpy(), expected, atol=1e-5)


def test_gradients_are_pulled_back_as_autograd_does(matrix):
    start, gradients = sides(), [sides(seed=seed) for seed in (1, 2, 3)]
    found = pull_back(Graph.of(matrix), gradients)
    leaf = torch.cat(list(start)).double().requires_grad_()
    adjacency, layer, loss = torch.from_numpy(whole(matrix)), leaf, torch.zeros(())
    for gradient in gradients:
        loss = loss + (layer * torch.cat(list(gradient))).sum()
        layer = adjacency @ layer
    loss.backward()
    assert torch.allclose(torch.cat(list(found)).double(), leaf.grad, atol=1e-5)


def test_noise_is_of_its_length_and_keeps_the_signs(matrix):
    start = sides(d=50)
    graph = Graph.of(matrix)
    clean, noisy = (propagate(graph, start, 1, noise, seed=4)[1] for noise in (0.0, 0.1))
    added = noisy.users - clean.users
    taken = torch.from_numpy(matrix.sum(axis=1) > 0)
    assert torch.allclose(added.norm(dim=1)[taken], torch.tensor(0.1), atol=1e-5)
    assert (added[taken].sign() == clean.users[taken].sign()).all()
    again = propagate(graph, start, 1, 0.1, seed=4)[1]
    assert torch.equal(noisy.users, again.users)


def test_who_took_nothing_gets_nothing(matrix):
    matrix[2] = 0
    layers = propagate(Graph.of(matrix), sides(), 2)
    assert not layers[1].users[2].any()
    assert torch.allclose(mean_of(layers).users[2], sides().users[2] / 3)
    assert torch.equal(mean_of(propagate(Graph.of(matrix), sides(), 0)).items, sides().items)


def test_an_empty_graph():
    empty = Graph.of(np.zeros((0, 3)))
    layers = propagate(empty, sides(0, 3), 2)
    assert layers[2].users.shape == (0, 3)
    assert not layers[2].items.any()
