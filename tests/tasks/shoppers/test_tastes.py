from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.tasks.shoppers.tastes import DAY_SECONDS, taste_vectors

VECTORS = np.random.default_rng(0).normal(size=(10, 4)).astype(np.float32)


def test_a_taste_is_the_loops_weighted_mean() -> None:
    rng = np.random.default_rng(1)
    users, items, days = rng.integers(0, 6, 50), rng.integers(0, 10, 50), rng.integers(0, 90, 50)
    weights = rng.choice([1.0, 2.0, 3.0], 50)
    taken = Interactions.of_rows(
        users, items, n_users=7, n_items=10, times=days * DAY_SECONDS, weights=weights
    )
    found = taste_vectors(taken, VECTORS, half_life_days=10)
    assert found.dtype == np.float32
    for user in range(6):
        mine = np.flatnonzero(users == user)
        last = days[mine].max()
        mean = sum(weights[i] * 0.5 ** ((last - days[i]) / 10) * VECTORS[items[i]] for i in mine)
        assert found[user] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert not found[6].any()


def test_the_last_days_count_most() -> None:
    taken = Interactions.of_rows(
        [0, 0], [1, 0], n_users=1, n_items=2, times=np.array([0.0, 60.0]) * DAY_SECONDS
    )
    axes = np.eye(2, dtype=np.float32)
    assert taste_vectors(taken, axes, half_life_days=30)[0] == pytest.approx(np.array([4, 1]) / 17**0.5)
    assert taste_vectors(taken, axes, half_life_days=float("inf"))[0] == pytest.approx(
        np.array([1, 1]) / 2**0.5
    )


def test_without_times_and_weights_all_count_alike() -> None:
    taken = Interactions.of_rows([0, 0, 0], [0, 0, 1], n_users=1, n_items=2)
    assert taste_vectors(taken, np.eye(2, dtype=np.float32))[0] == pytest.approx(np.array([2, 1]) / 5**0.5)


def test_what_cancels_out_or_is_empty_is_zero() -> None:
    opposite = np.array([[1, 0], [-1, 0]], np.float32)
    assert not taste_vectors(Interactions.of_rows([0, 0], [0, 1], n_users=1, n_items=2), opposite).any()
    assert taste_vectors(Interactions.empty(3, 2), opposite).tolist() == [[0, 0]] * 3
    assert taste_vectors(Interactions.empty(0, 2), opposite).shape == (0, 2)


def test_a_user_without_events_at_either_end_does_no_harm() -> None:
    taken = Interactions.of_rows([1], [0], n_users=3, n_items=2, times=[5.0])
    assert taste_vectors(taken, np.eye(2, dtype=np.float32)).tolist() == [[0, 0], [1, 0], [0, 0]]


@pytest.mark.parametrize(("n", "half_life"), [(9, 30.0), (10, 0.0), (10, float("nan"))])
def test_what_does_not_fit_is_refused(n: int, half_life: float) -> None:
    with pytest.raises(OptionError, match="half-life is above 0"):
        taste_vectors(Interactions.empty(1, 10), VECTORS[:n], half_life_days=half_life)
