import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from shelfspace.evaluation.metrics import (
    auroc,
    average_precision,
    expected_calibration_error,
    f1_threshold,
    mean_reciprocal_rank,
    ndcg_at_k,
    precision_recall_f1,
    recall_at_k,
)

# Few distinct scores, so that ties are the rule.
SCORED = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=1, max_size=40)
NOTHING = np.zeros(0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40))
def test_precision_recall_and_f1_are_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(pairs).T
    expected = oracle.precision_recall_fscore_support(labels, predicted, average="binary", zero_division=0)
    assert precision_recall_f1(labels, predicted) == pytest.approx(expected[:3])


def test_a_share_of_nothing_is_zero() -> None:
    assert precision_recall_f1(np.array([1, 0]), np.array([0, 0])) == (0, 0, 0)
    assert precision_recall_f1(np.array([0, 0]), np.array([0, 1])) == (0, 0, 0)
    assert precision_recall_f1(NOTHING.astype(int), NOTHING.astype(bool)) == (0, 0, 0)


@settings(deadline=None)
@given(SCORED)
def test_average_precision_and_auroc_are_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    labels, scores = np.array(pairs).T
    if labels.max() == 0:
        assert average_precision(labels, scores) == 0
    else:
        expected = oracle.average_precision_score(labels, scores)
        assert average_precision(labels, scores) == pytest.approx(expected)
    if labels.min() == labels.max():
        assert auroc(labels, scores) == 0.5
    else:
        assert auroc(labels, scores) == pytest.approx(oracle.roc_auc_score(labels, scores))


def test_curves_of_nothing() -> None:
    assert average_precision(NOTHING, NOTHING) == 0
    assert auroc(NOTHING, NOTHING) == 0.5


def calibration_by_loop(labels: list[int], probabilities: list[float], bins: int) -> float:
    error = 0.0
    for b in range(bins):
        low, high = b / bins, (b + 1) / bins
        inside = [i for i, p in enumerate(probabilities) if (low < p <= high) or (b == 0 and p == 0)]
        if inside:
            truth = sum(labels[i] for i in inside) / len(inside)
            error += (
                len(inside) / len(labels) * abs(truth - sum(probabilities[i] for i in inside) / len(inside))
            )
    return error


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=40), st.integers(1, 20))
def test_calibration_error_is_the_loops(pairs: list[tuple[int, float]], bins: int) -> None:
    labels, probabilities = zip(*pairs, strict=True)
    # A probability within rounding of an edge may fall on either side.
    probabilities = [round(0.999 * p, 3) + 0.0004 for p in probabilities]
    found = expected_calibration_error(np.array(labels), np.array(probabilities), bins)
    assert found == pytest.approx(calibration_by_loop(list(labels), probabilities, bins))


def test_calibration_error_of_certainties_and_of_nothing() -> None:
    labels = np.array([0, 1, 1])
    assert expected_calibration_error(labels, labels.astype(float)) == 0
    assert expected_calibration_error(labels, 1.0 - labels) == 1
    assert expected_calibration_error(NOTHING, NOTHING) == 0


def test_ranks_count_from_zero_and_what_is_not_found_counts_as_missed() -> None:
    ranks = np.array([0, 3, -1, 9])
    assert recall_at_k(ranks, 1) == 0.25
    assert recall_at_k(ranks, 10) == 0.75
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 1 / 4 + 0 + 1 / 10) / 4)
    assert mean_reciprocal_rank(ranks, 5) == pytest.approx((1 + 1 / 4) / 4)
    assert recall_at_k(NOTHING.astype(int), 5) == mean_reciprocal_rank(NOTHING.astype(int)) == 0


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_ndcg_is_scikit_learns(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    relevance = rng.integers(0, 4, (5, 8)).astype(float)
    scores = rng.random((5, 8))
    ranked = np.take_along_axis(relevance, np.argsort(-scores, axis=1), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = oracle.ndcg_score(relevance, scores, k=k)
    assert ndcg_at_k(ranked, relevance, k) == pytest.approx(expected)


def test_a_query_with_nothing_relevant_counts_zero() -> None:
    gains = np.array([[1.0, 0.0], [0.0, 0.0]])
    assert ndcg_at_k(gains, gains, 2) == 0.5
    assert ndcg_at_k(np.zeros((0, 2)), np.zeros((0, 2)), 2) == 0


@pytest.mark.parametrize("seed", range(5))
def test_no_cut_has_a_better_f1_than_the_threshold(seed):
    rng = np.random.default_rng(seed)
    labels = (rng.random(200) < 0.2).astype(np.int64)
    scores = np.round(rng.normal(size=200) + labels, 1) - 5  # on no particular scale, with ties
    best = max(precision_recall_f1(labels, scores >= cut).f1 for cut in np.unique(scores))
    assert precision_recall_f1(labels, scores >= f1_threshold(scores, labels)).f1 == best


def test_without_a_positive_nothing_reaches_the_threshold():
    assert f1_threshold(np.array([1.0, 2.0]), np.zeros(2, np.int64)) == np.inf
    assert f1_threshold(np.zeros(0), np.zeros(0, np.int64)) == np.inf
