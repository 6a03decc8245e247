import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.objectives.local_scaling import local_scaling


def by_loops(scores, k):
    n, m = scores.shape
    rows = [np.mean(sorted(scores[i])[-min(k, m) :]) for i in range(n)]
    columns = [np.mean(sorted(scores[:, j])[-min(k, n) :]) for j in range(m)]
    return np.array([[2 * scores[i, j] - rows[i] - columns[j] for j in range(m)] for i in range(n)])


@pytest.mark.parametrize(("n", "m", "k"), [(5, 7, 3), (4, 4, 10), (1, 6, 2), (3, 1, 1)])
def test_against_loops(n, m, k):
    scores = np.random.default_rng(n).normal(size=(n, m))
    assert np.allclose(local_scaling(scores, k), by_loops(scores, k), atol=1e-6)


def test_it_is_symmetric_in_both_sides():
    scores = np.random.default_rng(0).normal(size=(6, 4))
    assert np.allclose(local_scaling(scores, 2).T, local_scaling(scores.T, 2))


def test_a_hub_no_longer_stands_first():
    scores = np.array([[0.8, 0.1, 0.9], [0.1, 0.8, 0.9], [0.0, 0.0, 0.9]])
    assert scores.argmax(axis=1).tolist() == [2, 2, 2]
    assert local_scaling(scores, 2).argmax(axis=1).tolist() == [0, 1, 2]


def test_degenerate_inputs():
    assert local_scaling(np.zeros((0, 3))).shape == (0, 3)
    assert local_scaling(np.zeros((3, 0))).shape == (3, 0)
    assert not local_scaling(np.ones((3, 3))).any()
    with pytest.raises(OptionError, match="k is 0"):
        local_scaling(np.ones((2, 2)), 0)
