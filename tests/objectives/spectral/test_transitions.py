import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.objectives.spectral import followed_by


def test_it_is_the_loop():
    rng = np.random.default_rng(0)
    taken = Interactions.of_rows(rng.integers(0, 12, 90), rng.integers(0, 7, 90), n_users=13, n_items=8)
    expected = np.zeros((8, 8))
    for user in range(13):
        items = taken.of(user)
        for i in range(len(items)):
            for j in range(i + 1, min(len(items), i + 4)):
                expected[items[i], items[j]] += (j - i) ** -0.5 / len(items) ** 0.25
    found = followed_by(taken, window=3, fading=0.5, crowding=0.25)
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-5)


def test_nothing_follows_nothing():
    assert followed_by(Interactions.empty(3, 4)).nnz == 0
    assert followed_by(Interactions(2, np.array([0, 1]), np.array([1]))).nnz == 0
    again = followed_by(Interactions(2, np.array([0, 2]), np.array([1, 1])))
    assert again.toarray().tolist() == [[0, 0], [0, 1]]
    with pytest.raises(OptionError):
        followed_by(Interactions.empty(3, 4), window=0)
