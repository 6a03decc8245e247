from __future__ import annotations

import numpy as np

from shelfspace.data.interactions import Interactions
from shelfspace.tasks.shoppers.shopped import shopped_vectors


def test_products_taken_by_the_same_people_come_nearer() -> None:
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(200), 8)
    items = rng.integers(0, 30, 1600) + 30 * (users % 2)  # odd users take 30 … 59
    taken = Interactions.of_rows(users, items, n_users=200, n_items=61)
    found = shopped_vectors(taken, np.eye(61, dtype=np.float32))
    cosines = found @ found.T
    assert cosines[:30, :30][~np.eye(30, dtype=bool)].mean() > cosines[:30, 30:60].mean() + 0.1
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert found[60, 60] == 1  # taken by nobody: what it is like is all that is known


def test_without_events_vectors_stay() -> None:
    vectors = np.eye(3, dtype=np.float32)
    assert np.array_equal(shopped_vectors(Interactions.empty(5, 3), vectors), vectors)
    assert np.array_equal(shopped_vectors(Interactions.empty(0, 3), vectors), vectors)
    one = Interactions.of_rows([0], [1], n_users=1, n_items=3)
    assert np.array_equal(shopped_vectors(one, vectors), vectors)
