import numpy as np

from shelfspace.encoders.graph.network import adjacency
from shelfspace.tasks.fraud.known_neighbours import known_neighbours

NETWORK = adjacency(np.array([[0, 1], [0, 2], [1, 2], [2, 3]]), 5)


def test_neighbours_labels_are_counted():
    found = known_neighbours(NETWORK, np.array([1, 0, -1, 1, -1]))
    np.testing.assert_allclose(np.expm1(found["known frauds around"]), [0, 1, 2, 0, 0], atol=1e-6)
    np.testing.assert_allclose(np.expm1(found["known neighbours"]), [1, 1, 3, 0, 0], rtol=1e-6)
    share = found["known fraud among neighbours"]
    np.testing.assert_allclose(
        share, [(0 + 2 / 3) / 2, (1 + 2 / 3) / 2, (2 + 2 / 3) / 4, 2 / 3, 2 / 3], rtol=1e-6
    )


def test_ones_own_label_never_tells():
    """Turning one label moves every column of its own row no more than the common share does."""
    rng = np.random.default_rng(0)
    network = adjacency(np.argwhere(np.triu(rng.random((40, 40)) < 0.15, 1)), 40)
    labels = rng.integers(0, 2, 40)
    labels[[1, 2]] = 0, 1
    swapped = labels.copy()
    swapped[[1, 2]] = 1, 0  # so that the share of all stays
    strangers = network.toarray()[1, 2] == 0 and (network @ network).toarray()[1, 2] == 0
    for name, values in known_neighbours(network, labels).items():
        if strangers:
            np.testing.assert_allclose(values[1], known_neighbours(network, swapped)[name][1], rtol=1e-5)


def test_without_labels_nothing_is_known():
    found = known_neighbours(NETWORK, np.full(5, -1))
    assert all((values == 0).all() for values in found.values())
