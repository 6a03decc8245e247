from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from shelfspace.data.synthetic.clicks import Clicks
from shelfspace.errors import OptionError
from shelfspace.evaluation.off_policy import (
    Estimate,
    doubly_robust,
    ips,
    judged,
    predicted_rewards,
    snips,
    weights,
)
from shelfspace.tasks.bandit.bandit import Bandit
from shelfspace.tasks.bandit.decisions import Decisions
from shelfspace.tasks.bandit.ridge import Ridge

TARGET = np.array([0.5, 0.1, 0.0, 0.9])
LOGGED = np.array([0.25, 0.5, 0.3, 0.3])
REWARDS = np.array([1.0, 0.0, 1.0, 1.0])


@dataclass(frozen=True)
class Softmax:
    """A policy whose chances are known: softmax of weights times contexts."""

    weights: np.ndarray

    def probabilities(self, contexts: Any, eligible: np.ndarray, rng: Any = None) -> np.ndarray:
        logits = np.where(eligible, contexts @ self.weights, -np.inf)
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        return chances / chances.sum(axis=1, keepdims=True)


def log_of(world: Clicks, policy: Softmax, n: int, rng: np.random.Generator) -> Decisions:
    candidates, contexts = world.visits(n, rng)
    chances = policy.probabilities(contexts, candidates >= 0)
    chosen = (chances.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).clip(max=candidates.shape[1] - 1)
    rows = np.arange(n)
    rewards = world.rewards(contexts[rows, chosen], rng)
    return Decisions(candidates, contexts, chosen, chances[rows, chosen], rewards)


def true_value(world: Clicks, policy: Softmax) -> float:
    candidates, contexts = world.visits(30_000, np.random.default_rng(99))
    chances = policy.probabilities(contexts, candidates >= 0)
    return float((chances * world.chances(contexts)).sum(axis=1).mean())


@pytest.fixture(scope="module", params=[False, True], ids=["linear", "curved"])
def coverage(request: pytest.FixtureRequest) -> tuple[float, dict[str, list[Estimate]]]:
    """The true value of a policy and 120 estimates of it, each from 400 decisions of another policy."""
    world = Clicks.made(20, 8, n_candidates=5, curved=request.param, seed=1)
    rng = np.random.default_rng(2)
    target = Softmax(6 * world.weights)
    logging = Softmax(rng.normal(size=world.dim) + 2 * world.weights)
    found = [judged(log_of(world, logging, 400, rng), target) for _ in range(120)]
    return true_value(world, target), {name: [each[name] for each in found] for name in found[0]}


@pytest.mark.parametrize("name", ["ips", "snips", "dr"])
def test_intervals_cover_the_true_value_as_often_as_they_say(
    coverage: tuple[float, dict[str, list[Estimate]]], name: str
) -> None:
    truth, found = coverage
    inside = np.mean([one.low <= truth <= one.high for one in found[name]])
    assert 0.9 <= inside <= 0.99
    values = np.array([one.value for one in found[name]])
    assert abs(values.mean() - truth) < 4 * values.std() / 120**0.5 + 0.004


def test_dr_and_snips_are_surer_than_ips(coverage: tuple[float, dict[str, list[Estimate]]]) -> None:
    errors = {name: np.std([one.value for one in each]) for name, each in coverage[1].items()}
    assert errors["dr"] < 0.9 * errors["ips"]
    assert errors["snips"] < errors["ips"]


def test_ips_is_the_mean_of_weighted_rewards() -> None:
    found = ips(TARGET, LOGGED, REWARDS)
    each = np.array([2.0, 0.0, 0.0, 3.0])
    assert found.value == pytest.approx(1.25)
    assert found.high - found.value == pytest.approx(1.959964 * each.std(ddof=1) / 2, rel=1e-5)
    w = np.array([2, 0.2, 0, 3])
    assert found.effective == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_snips_divides_by_the_weights_and_stays_within_the_rewards() -> None:
    found = snips(TARGET, LOGGED, REWARDS)
    assert found.value == pytest.approx(5 / 5.2)
    assert snips(TARGET, LOGGED, np.ones(4)).value == pytest.approx(1)


def test_dr_is_the_model_where_it_is_right_and_ips_where_it_says_nothing() -> None:
    nothing = doubly_robust(TARGET, LOGGED, REWARDS, np.zeros(4), np.zeros(4))
    assert nothing == ips(TARGET, LOGGED, REWARDS)
    right = doubly_robust(TARGET, LOGGED, REWARDS, REWARDS, np.full(4, 0.7))
    assert (right.value, right.low, right.high) == pytest.approx((0.7, 0.7, 0.7))


def test_clipping_bounds_the_weights() -> None:
    assert weights(TARGET, LOGGED, REWARDS, clip=1.5).tolist() == [1.5, 0.2, 0, 1.5]
    assert ips(TARGET, LOGGED, REWARDS, clip=1.5).value == pytest.approx(0.75)


def test_the_logged_policy_itself_is_worth_what_it_earned() -> None:
    for estimate in (ips, snips):
        found = estimate(LOGGED, LOGGED, REWARDS)
        assert found.value == pytest.approx(0.75)
        assert found.effective == pytest.approx(4)


def test_more_confidence_makes_a_wider_interval() -> None:
    narrow, wide = (ips(TARGET, LOGGED, REWARDS, confidence=each) for each in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high
    with pytest.raises(OptionError, match="confidence"):
        ips(TARGET, LOGGED, REWARDS, confidence=1.0)


@pytest.mark.parametrize("missing", [0.0, np.nan, -0.1, 1.5, np.inf])
@pytest.mark.parametrize("estimate", [ips, snips])
def test_missing_propensities_are_refused(estimate: Any, missing: float) -> None:
    with pytest.raises(OptionError, match="1 of 4 propensities are missing, 0"):
        estimate(TARGET, np.where(np.arange(4) == 2, missing, LOGGED), REWARDS)


@pytest.mark.parametrize(
    "given",
    [
        (TARGET[:0], LOGGED[:0], REWARDS[:0]),
        (TARGET[:3], LOGGED, REWARDS),
        (TARGET + 1, LOGGED, REWARDS),
        (TARGET, LOGGED, np.array([1, 0, np.nan, 1])),
    ],
)
def test_what_does_not_fit_is_refused(given: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    with pytest.raises(OptionError):
        ips(*given)
    with pytest.raises(OptionError, match="clip"):
        ips(TARGET, LOGGED, REWARDS, clip=0.0)


def test_a_policy_with_nothing_in_common_cannot_be_judged_by_ratio() -> None:
    with pytest.raises(OptionError, match="none of the logged choices"):
        snips(np.zeros(4), LOGGED, REWARDS)
    assert ips(np.zeros(4), LOGGED, REWARDS).effective == 0


def test_one_decision_gives_a_value_and_no_bounds() -> None:
    found = ips(TARGET[:1], LOGGED[:1], REWARDS[:1])
    assert (found.value, found.low, found.high) == (2, -np.inf, np.inf)


def test_the_log_of_a_bandit_judges_another_one() -> None:
    world = Clicks.made(20, 8, n_candidates=6, seed=5)
    rng = np.random.default_rng(6)
    bandit = Bandit(Ridge.starting_at(np.zeros(world.dim)), at_random=0.3)
    parts = []
    for _ in range(20):
        candidates, contexts = world.visits(100, rng)
        shown = bandit.ranking(contexts, candidates >= 0, 1, rng)
        chosen = shown.columns[:, 0]
        rewards = world.rewards(contexts[np.arange(100), chosen], rng)
        parts.append(Decisions(candidates, contexts, chosen, shown.propensities[:, 0], rewards))
        bandit = bandit.observed(parts[-1].shown, rewards)
    log = Decisions.joined(parts)
    unknown = log.take(np.arange(50))
    log = Decisions.joined([log, Decisions(*unknown.__dict__.values())])
    log.rewards[-50:] = np.nan  # not known yet
    best = Softmax(40 * world.weights)
    found = judged(log, best)
    truth = true_value(world, best)
    assert all(one.low - 0.02 <= truth <= one.high + 0.02 for one in found.values())
    assert found["dr"].value > judged(log, Softmax(np.zeros(world.dim)))["dr"].high


def test_predictions_of_a_decision_do_not_know_its_own_reward() -> None:
    world = Clicks.made(10, 4, n_candidates=3, seed=7)
    log = log_of(world, Softmax(np.zeros(world.dim)), 90, np.random.default_rng(8))
    changed = Decisions(
        *{**log.__dict__, "rewards": np.where(np.arange(90) == 4, 50.0, log.rewards)}.values()
    )
    before, after = predicted_rewards(log), predicted_rewards(changed)
    assert np.array_equal(before[4], after[4])
    assert not np.allclose(before[5], after[5])
