from __future__ import annotations

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.tasks.bandit.ridge import Ridge

D = 5


@pytest.fixture
def seen() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(700, D)), rng.normal(size=700)


@pytest.mark.parametrize("at_once", [1, 7, 256, 700])
def test_it_is_ridge_regression_however_the_rewards_come(
    seen: tuple[np.ndarray, np.ndarray], at_once: int
) -> None:
    x, r = seen
    prior = np.linspace(-1, 1, D)
    model = Ridge.starting_at(prior, ridge=2.0)
    for start in range(0, len(r), at_once):
        model = model.observed(x[start : start + at_once], r[start : start + at_once])
    gram = 2.0 * np.eye(D) + x.T @ x
    assert model.n == 700
    assert np.allclose(model.inverse, np.linalg.inv(gram), atol=1e-10)
    assert np.allclose(model.weights, np.linalg.solve(gram, 2.0 * prior + x.T @ r))
    assert np.allclose(model.spread(x[:9]), [np.sqrt(row @ np.linalg.inv(gram) @ row) for row in x[:9]])
    assert np.allclose(model.expected(x), x @ model.weights)


def test_contexts_of_any_shape_are_read_along_the_last_axis(seen: tuple[np.ndarray, np.ndarray]) -> None:
    model = Ridge.starting_at(np.zeros(D)).observed(*seen)
    wide = seen[0][:12].reshape(3, 4, D)
    assert np.allclose(model.spread(wide).ravel(), model.spread(seen[0][:12]))
    assert np.allclose(model.expected(wide).ravel(), model.expected(seen[0][:12]))


def test_a_model_without_rewards_is_its_prior() -> None:
    model = Ridge.starting_at(np.array([0.0, 2.0]))
    assert model.weights.tolist() == [0, 2]
    assert model.observed(np.zeros((0, 2)), np.zeros(0)).weights.tolist() == [0, 2]
    assert model.spread(np.zeros(2)) == 0


def test_the_same_context_ten_thousand_times_stays_sound() -> None:
    x = np.tile(np.array([[1.0, 1.0 + 1e-9, 1.0]]), (10_000, 1))
    model = Ridge.starting_at(np.zeros(3)).observed(x, np.ones(10_000))
    assert np.linalg.eigvalsh(model.inverse).min() > 0
    assert model.expected(x[:1])[0] == pytest.approx(1, abs=1e-3)


def test_an_update_leaves_the_model_before_as_it_was(seen: tuple[np.ndarray, np.ndarray]) -> None:
    model = Ridge.starting_at(np.zeros(D))
    model.observed(*seen)
    assert model.n == 0
    assert np.array_equal(model.inverse, np.eye(D))


@pytest.mark.parametrize(
    ("x", "r"),
    [
        (np.ones((2, 3)), np.ones(2)),
        (np.ones((2, D)), np.ones(3)),
        (np.full((2, D), np.nan), np.ones(2)),
        (np.ones((2, D)), np.array([1, np.nan])),
    ],
)
def test_what_does_not_fit_is_refused(x: np.ndarray, r: np.ndarray) -> None:
    with pytest.raises(OptionError, match="finite"):
        Ridge.starting_at(np.zeros(D)).observed(x, r)


@pytest.mark.parametrize(("prior", "ridge"), [(np.zeros(2), 0.0), (np.array([np.inf]), 1.0)])
def test_a_start_that_is_none_is_refused(prior: np.ndarray, ridge: float) -> None:
    with pytest.raises(OptionError, match="above 0"):
        Ridge.starting_at(prior, ridge=ridge)
