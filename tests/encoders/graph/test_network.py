import numpy as np

from shelfspace.encoders.graph.network import adjacency, averaging, embeddedness, triangles


def test_a_clique_with_a_tail():
    edges = np.array([[0, 1], [0, 2], [1, 2], [2, 3]])
    network = adjacency(edges, 5)
    assert network.sum(axis=1).tolist() == [2, 2, 3, 1, 0]
    assert triangles(network).tolist() == [1, 1, 1, 0, 0]
    assert embeddedness(network).tolist() == [1, 1, 2 / 3, 0, 0]
    means = averaging(network) @ np.arange(5.0)
    np.testing.assert_allclose(means, [1.5, 1, 4 / 3, 2, 0], rtol=1e-6)


def test_triangles_against_the_cube_of_the_matrix():
    rng = np.random.default_rng(0)
    edges = np.argwhere(np.triu(rng.random((40, 40)) < 0.2, 1))
    dense = adjacency(edges, 40).toarray()
    np.testing.assert_allclose(triangles(adjacency(edges, 40)), np.diag(dense @ dense @ dense) / 2)


def test_nobody_and_no_edges():
    nothing = np.zeros((0, 2), np.int64)
    assert triangles(adjacency(nothing, 0)).tolist() == []
    assert embeddedness(adjacency(nothing, 3)).tolist() == [0, 0, 0]
