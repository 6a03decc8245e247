import numpy as np

from shelfspace.encoders.graph.network import adjacency
from shelfspace.encoders.graph.surroundings import shape, surroundings

EDGES = np.array([[0, 1], [0, 2], [1, 2], [2, 3]])


def test_neighbours_are_described_in_named_columns():
    found = surroundings(np.array([[1.0], [2.0], [4.0], [8.0], [5.0]]), ["x"], adjacency(EDGES, 5))
    np.testing.assert_allclose(found["neighbours' mean x"], [3, 2.5, 11 / 3, 4, 0], rtol=1e-6)
    np.testing.assert_allclose(found["neighbours' highest x"], [4, 4, 8, 4, 0])
    np.testing.assert_allclose(found["neighbours' spread x"][:2], [1, 1.5], rtol=1e-6)
    np.testing.assert_allclose(found["x against neighbours"], [-2, -0.5, 1 / 3, 4, 5], rtol=1e-5)
    assert all(np.isfinite(values).all() and len(values) == 5 for values in found.values())


def test_shape_counts():
    found = shape(adjacency(EDGES, 5))
    np.testing.assert_allclose(np.expm1(found["degree"]), [2, 2, 3, 1, 0], rtol=1e-6)
    np.testing.assert_allclose(found["density"], [1, 1, 1 / 3, 0, 0], rtol=1e-6)


def test_many_columns_are_aggregated_by_the_most_varied():
    features = np.random.default_rng(0).normal(0, 1, (5, 80)) * np.r_[np.ones(64), np.full(16, 1e-3)]
    found = surroundings(features, [f"x{place}" for place in range(80)], adjacency(EDGES, 5))
    assert "x79" in found
    assert "neighbours' mean x63" in found
    assert "neighbours' mean x79" not in found


def test_without_any_edge_neighbours_are_nothing():
    found = surroundings(np.ones((2, 1)), ["x"], adjacency(np.zeros((0, 2), np.int64), 2))
    assert found["neighbours' highest x"].tolist() == [0, 0]
    assert found["degree"].tolist() == [0, 0]
