from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from shelfspace.errors import SpaceError
from shelfspace.tasks.match.trees import TreeScorer, best_threshold, platt, probability


def table(n, seed):
    """A rule of two columns, one of which has holes, beside a third that says nothing."""
    rng = np.random.default_rng(seed)
    columns = {name: rng.random(n).astype(np.float32) for name in ("near", "same code", "noise")}
    labels = ((columns["near"] > 0.5) & (columns["same code"] > 0.3)).astype(np.int64)
    columns["same code"][rng.random(n) < 0.1] = np.nan
    return columns, labels


@pytest.fixture(scope="module")
def scorer():
    columns, labels = table(600, 0)
    return TreeScorer.fit(columns, labels, seed=1, bag=2, rounds=120)


def test_a_planted_rule_is_learned(scorer):
    columns, labels = table(1000, 1)
    seen = ~np.isnan(columns["same code"])
    right = (scorer.probabilities(columns) >= 0.5) == labels
    assert right[seen].mean() > 0.97


def test_the_same_seed_gives_the_same_trees_and_another_seed_others(scorer):
    columns, labels = table(600, 0)
    again, other = (TreeScorer.fit(columns, labels, seed=seed, bag=2, rounds=120) for seed in (1, 2))
    assert np.array_equal(again.log_odds(columns), scorer.log_odds(columns))
    assert not np.array_equal(other.log_odds(columns), scorer.log_odds(columns))


def test_columns_are_known_by_name(scorer):
    columns, _ = table(50, 2)
    turned = {"another": columns["noise"], **dict(reversed(columns.items()))}
    assert np.array_equal(scorer.log_odds(turned), scorer.log_odds(columns))


def test_weights_count_as_repeats_do():
    columns, labels = table(200, 3)
    flipped = np.where(np.arange(200) < 60, 1 - labels, labels)
    heavy = np.where(np.arange(200) < 60, 1e-6, 1.0)
    scorer = TreeScorer.fit(columns, flipped, seed=0, weights=heavy, bag=1, rounds=60)
    fresh, truth = table(300, 4)
    assert ((scorer.probabilities(fresh) >= 0.5) == truth).mean() > 0.9


def test_contributions_sum_to_the_log_odds(scorer):
    columns, labels = table(200, 5)
    calibrated = scorer.calibrated(columns, labels)
    parts, base = calibrated.contributions(columns)
    assert parts.shape == (200, 3)
    np.testing.assert_allclose(parts.sum(axis=1) + base, calibrated.log_odds(columns), atol=1e-9)
    assert np.abs(parts[:, 2]).mean() < np.abs(parts[:, 0]).mean() / 5


def test_no_pairs_have_no_scores(scorer):
    assert scorer.probabilities({name: np.zeros(0, np.float32) for name in scorer.columns}).shape == (0,)


def test_json_gives_equal_probabilities_back(scorer):
    columns, labels = table(200, 6)
    kept = scorer.calibrated(columns, labels)
    read = TreeScorer.from_json(kept.to_json())
    assert np.array_equal(read.probabilities(columns), kept.probabilities(columns))
    assert (read.threshold, read.columns) == (kept.threshold, kept.columns)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-40],
        lambda text: "[]",
        lambda text: "null",
        lambda text: json.dumps({**json.loads(text), "boosters": ["not a model"]}),
        lambda text: json.dumps({**json.loads(text), "boosters": [3]}),
        lambda text: json.dumps({**json.loads(text), "slope": "steep"}),
        lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "columns"}),
    ],
)
def test_damaged_json_is_refused(scorer, damage, capfd):
    with pytest.raises(SpaceError, match="matcher cannot be read"):
        TreeScorer.from_json(damage(scorer.to_json()))


def test_platt_is_scikit_learns_fit_on_smoothed_targets():
    """The smoothed targets are given to it as both labels of each pair with weights."""
    rng = np.random.default_rng(0)
    odds = rng.normal(0, 3, 400)
    labels = (rng.random(400) < probability(0.6 * odds - 1)).astype(np.int64)
    n = labels.sum()
    target = np.where(labels == 1, (n + 1) / (n + 2), 1 / (400 - n + 2))
    oracle = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(
        np.tile(odds, 2)[:, None], np.repeat([1, 0], 400), np.concatenate([target, 1 - target])
    )
    slope, offset = platt(odds, labels)
    assert slope == pytest.approx(float(oracle.coef_[0, 0]), rel=1e-3)
    assert offset == pytest.approx(float(oracle.intercept_[0]), abs=1e-3)


def test_platt_never_turns_the_order_and_leaves_labels_of_one_kind():
    odds = np.linspace(-3, 3, 60)
    assert platt(odds, (odds < 0).astype(np.int64))[0] > 0
    assert platt(odds, np.ones(60, np.int64)) == (1.0, 0.0)
    assert platt(odds, np.zeros(60, np.int64)) == (1.0, 0.0)


def test_calibration_mends_the_scale(scorer):
    columns, labels = table(2000, 7)
    rng = np.random.default_rng(8)
    noisy = np.where(rng.random(2000) < 0.5, rng.integers(0, 2, 2000), labels)
    half = np.arange(2000) < 1000
    mended = scorer.calibrated({name: c[half] for name, c in columns.items()}, noisy[half])
    rest = {name: c[~half] for name, c in columns.items()}

    def loss(some):
        odds = some.log_odds(rest)
        return np.mean(np.logaddexp(0, odds) - noisy[~half] * odds)

    assert loss(mended) < loss(scorer) - 0.05
    assert mended.slope > 0


def test_a_threshold_of_separable_pairs_separates_them():
    rng = np.random.default_rng(1)
    labels = (np.arange(300) < 60).astype(np.int64)
    scores = np.where(labels == 1, rng.uniform(0.8, 1, 300), rng.uniform(0, 0.2, 300))
    cut = best_threshold(scores, labels)
    assert scores[labels == 0].max() < cut < scores[labels == 1].min()


def test_a_threshold_of_noisy_calibrated_pairs_is_near_the_best_cut():
    rng = np.random.default_rng(2)
    scores = rng.beta(0.4, 1.2, 6000)
    labels = (rng.random(6000) < scores).astype(np.int64)

    def f1(cut):
        called = scores >= cut
        return 2 * (labels * called).sum() / (called.sum() + labels.sum())

    assert f1(best_threshold(scores, labels)) > max(f1(cut) for cut in np.linspace(0.01, 0.99, 99)) - 0.005


def test_without_a_positive_the_threshold_is_a_half():
    assert best_threshold(np.linspace(0, 1, 20), np.zeros(20, np.int64)) == 0.5
    assert best_threshold(np.zeros(0), np.zeros(0, np.int64)) == 0.5


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_a_threshold_is_a_probability_and_always_the_same(pairs):
    scores = np.array([score for score, _ in pairs])
    labels = np.array([label for _, label in pairs], np.int64)
    cut = best_threshold(scores, labels)
    assert 0 < cut < 1
    assert cut == best_threshold(scores, labels)


@settings(max_examples=50, deadline=None)
@given(st.floats(-1e6, 1e6))
def test_probability_never_overflows(odds):
    value = float(probability(np.array(odds)))
    assert 0 <= value <= 1
    assert value + float(probability(np.array(-odds))) == pytest.approx(1)


def noisy_line(n, seed):
    """Many columns that each say a little: what a sum tells and few splits can."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n, 30)).astype(np.float32)
    labels = (table.sum(axis=1) + rng.normal(size=n) > 0).astype(np.int64)
    return {f"column {i}": table[:, i] for i in range(30)}, labels


def test_few_labels_let_a_linear_model_have_its_say():
    columns, labels = noisy_line(120, 0)
    few = TreeScorer.fit(columns, labels, seed=0, bag=1, rounds=60)
    assert few.share > 0
    fresh, truth = noisy_line(500, 1)
    assert ((few.probabilities(fresh) >= 0.5) == truth).mean() > 0.8
    again = TreeScorer.from_json(few.to_json())
    assert np.allclose(again.log_odds(fresh), few.log_odds(fresh))
    parts, base = few.contributions(fresh)
    assert np.allclose(parts.sum(axis=1) + base, few.log_odds(fresh))


def test_few_labels_calibrate_by_cross_validation_where_none_are_held_out():
    columns, labels = noisy_line(150, 2)
    nothing = {name: column[:0] for name, column in columns.items()}
    scorer = TreeScorer.fit(columns, labels, seed=0, bag=1, rounds=60).calibrated(nothing, labels[:0])
    fresh, truth = noisy_line(800, 3)
    told = scorer.probabilities(fresh)
    assert abs(told.mean() - truth.mean()) < 0.08
    assert np.mean(np.abs(told - truth)) < 0.4
    assert 0.2 < scorer.threshold < 0.8


def test_many_labels_are_left_to_the_trees():
    columns, labels = table(1500, 6)
    scorer = TreeScorer.fit(columns, labels, seed=0, bag=1, rounds=20)
    assert (scorer.linear, scorer.share, scorer.unseen) == (None, 0.0, None)
