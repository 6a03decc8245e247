from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shelfspace.data.synthetic.clicks import Clicks
from shelfspace.errors import OptionError, SpaceError
from shelfspace.tasks.bandit.bandit import Bandit
from shelfspace.tasks.bandit.ridge import Ridge

BATCH = 20


def learned(n: int = 60, d: int = 4, **options: Any) -> Bandit:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, d))
    model = Ridge.starting_at(np.zeros(d)).observed(x, x @ np.arange(d) + rng.normal(size=n))
    return Bandit(model, **options)


def regrets(world: Clicks, bandit: Bandit, visits: int, seed: int) -> np.ndarray:
    """The expected reward that each batch of visits has missed."""
    rng = np.random.default_rng(seed)
    missed = []
    for _ in range(visits // BATCH):
        candidates, contexts = world.visits(BATCH, rng)
        columns = bandit.ranking(contexts, candidates >= 0, 1, rng).columns[:, 0]
        shown = contexts[np.arange(BATCH), columns]
        missed.append(float((world.chances(contexts).max(axis=1) - world.chances(shown)).sum()))
        bandit = bandit.observed(shown, world.rewards(shown, rng))
    return np.array(missed)


@pytest.fixture(scope="module")
def missed() -> dict[str, np.ndarray]:
    """The regret of policies `[worlds, batches]` where all items are candidates: there one can get stuck."""
    policies: dict[str, dict[str, Any]] = {
        "random": {"at_random": 1.0},
        "greedy": {"width": 0.0, "at_random": 0.0},
        "linucb": {"method": "linucb", "width": 1.0, "at_random": 0.0},
        "thompson": {"method": "thompson", "width": 0.5, "at_random": 0.0},
        "default": {},
    }
    worlds = [Clicks.made(20, 20, n_candidates=20, seed=seed) for seed in range(6)]
    start = Ridge.starting_at(np.zeros(21))
    return {
        name: np.array(
            [regrets(world, Bandit(start, **options), 2400, seed) for seed, world in enumerate(worlds)]
        )
        for name, options in policies.items()
    }


@pytest.mark.parametrize("method", ["linucb", "thompson", "default"])
def test_exploring_beats_greed_and_chance(missed: dict[str, np.ndarray], method: str) -> None:
    total = {name: float(each.sum(axis=1).mean()) for name, each in missed.items()}
    late = {name: float(each[:, 60:].sum(axis=1).mean()) for name, each in missed.items()}
    assert total[method] < total["greedy"] < total["random"]
    assert total[method] < 0.2 * total["random"]
    assert late[method] < (0.8 if method == "default" else 0.4) * late["greedy"]  # 5 % stay at random


@pytest.mark.parametrize("method", ["linucb", "thompson"])
def test_regret_grows_ever_more_slowly(missed: dict[str, np.ndarray], method: str) -> None:
    quarters = missed[method].mean(axis=0).reshape(4, -1).sum(axis=1)
    assert quarters[1] < 0.5 * quarters[0]
    assert quarters[3] < 0.5 * quarters[1]
    total = missed[method].mean(axis=0).cumsum()
    visits = np.arange(1, len(total) + 1)
    slope = np.polyfit(np.log(visits[10:]), np.log(total[10:]), 1)[0]
    assert slope < 0.7  # chance would give 1
    chance = missed["random"].mean(axis=0).cumsum()
    assert np.polyfit(np.log(visits[10:]), np.log(chance[10:]), 1)[0] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("method", ["linucb", "thompson"])
def test_propensities_are_how_often_it_happens(method: Any) -> None:
    bandit = learned(method=method, at_random=0.2)
    contexts = np.random.default_rng(1).normal(size=(1, 3, 4))
    there = np.ones((1, 3), bool)
    rng = np.random.default_rng(2)
    many = np.repeat(contexts, 8000, axis=0)
    drawn = bandit.ranking(many, np.ones((8000, 3), bool), 2, rng)
    often = np.bincount(drawn.columns[:, 0], minlength=3) / 8000
    chances = np.mean([bandit.probabilities(contexts, there, rng)[0] for _ in range(300)], axis=0)
    assert often == pytest.approx(chances, abs=0.06 if method == "thompson" else 0.02)
    for column in range(3):
        mine = drawn.columns[:, 0] == column
        # The mean of 1 / propensity where it was chosen, over all, is 1: what unbiased weights rest on.
        assert np.sum(1 / drawn.propensities[mine, 0]) / 8000 == pytest.approx(1, abs=0.15)


def test_linucb_takes_the_largest_upper_bound() -> None:
    bandit = learned(method="linucb", width=1.5, at_random=0.0)
    contexts = np.random.default_rng(3).normal(size=(50, 6, 4))
    bounds = bandit.model.expected(contexts) + 1.5 * bandit.model.spread(contexts)
    order = bandit.ranking(contexts, np.ones((50, 6), bool), 6, np.random.default_rng(0))
    assert np.array_equal(order.columns, np.argsort(-bounds, axis=1))
    assert (order.propensities == 1).all()


def test_draws_of_weights_have_the_posteriors_mean_and_spread() -> None:
    bandit = learned(width=0.7)
    contexts = np.random.default_rng(4).normal(size=(1, 5, 4))
    rng = np.random.default_rng(5)
    worths = np.concatenate([bandit.worths(contexts, rng)[0] for _ in range(200)])
    assert worths.mean(axis=0) == pytest.approx(bandit.model.expected(contexts)[0], abs=0.01)
    assert worths.std(axis=0) == pytest.approx(0.7 * bandit.model.spread(contexts)[0], rel=0.05)


@pytest.mark.parametrize("method", ["linucb", "thompson"])
def test_all_that_are_there_are_shown_and_nothing_else(method: Any) -> None:
    eligible = np.array([[True, False, True, True], [False] * 4, [True] * 4])
    contexts = np.random.default_rng(6).normal(size=(3, 4, 4))
    found = learned(method=method).ranking(contexts, eligible, 5, np.random.default_rng(7))
    assert [sorted(row) for row in found.columns.tolist()] == [
        [-1, -1, 0, 2, 3],
        [-1] * 5,
        [-1, 0, 1, 2, 3],
    ]
    assert (found.columns[:, 4] == -1).all()
    assert ((found.propensities > 0) & (found.propensities <= 1)).all()
    assert (found.propensities[found.columns < 0] == 1).all()


def test_everything_shown_can_happen_again() -> None:
    contexts = np.random.default_rng(8).normal(size=(40, 10, 4))
    chances = learned(at_random=0.1).probabilities(
        contexts, np.ones((40, 10), bool), np.random.default_rng(9)
    )
    assert chances.sum(axis=1) == pytest.approx(np.ones(40))
    assert chances.min() >= 0.1 / 10 - 1e-12


def test_no_users_and_no_candidates_give_empty_rankings() -> None:
    for shape in ((0, 3), (2, 0)):
        found = learned().ranking(np.zeros((*shape, 4)), np.ones(shape, bool), 2, np.random.default_rng(0))
        assert found.columns.tolist() == [[-1, -1]] * shape[0]


@pytest.mark.parametrize("method", ["linucb", "thompson"])
def test_what_was_saved_ranks_as_before(method: Any, tmp_path: Path) -> None:
    bandit = learned(method=method, width=0.3)
    bandit.save(tmp_path / "bandit")
    again = Bandit.load(tmp_path / "bandit")
    assert (again.method, again.width, again.at_random, again.model.n) == (method, 0.3, 0.05, 60)
    contexts = np.random.default_rng(1).normal(size=(5, 6, 4))
    one, other = (
        each.ranking(contexts, np.ones((5, 6), bool), 3, np.random.default_rng(2)) for each in (bandit, again)
    )
    assert np.array_equal(one.columns, other.columns)
    assert np.array_equal(one.propensities, other.propensities)


def test_what_is_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpaceError, match="cannot be read"):
        Bandit.load(tmp_path)
    learned().save(tmp_path)
    (tmp_path / "bandit.json").write_text('{"n": 3, "method": "best"}')
    with pytest.raises(SpaceError, match="thompson"):
        Bandit.load(tmp_path)
    learned().save(tmp_path)
    whole = (tmp_path / "bandit.safetensors").read_bytes()
    (tmp_path / "bandit.safetensors").write_bytes(whole[:-8])
    with pytest.raises(SpaceError, match="older copy"):
        Bandit.load(tmp_path)


@pytest.mark.parametrize("wrong", [{"method": "best"}, {"width": -1.0}, {"at_random": 1.5}])
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="share in 0…1"):
        learned(**wrong)
    with pytest.raises(OptionError, match="k ≥ 1"):
        learned().ranking(np.zeros((1, 2, 4)), np.ones((1, 2), bool), 0, np.random.default_rng(0))
