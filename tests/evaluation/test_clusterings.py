from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, homogeneity_completeness_v_measure
from sklearn.metrics.cluster import contingency_matrix

from shelfspace.evaluation.clusterings import adjusted_rand, b_cubed_f1, pairwise_f1, purity, v_measure

CLUSTERINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25)
NOTHING = np.zeros(0, int)


def pairs_by_loop(names: np.ndarray) -> set[tuple[int, int]]:
    return {(i, j) for i, j in combinations(range(len(names)), 2) if names[i] == names[j]}


@given(CLUSTERINGS)
def test_pairwise_f1_is_the_loops(things: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(things).T
    one, other = pairs_by_loop(truth), pairs_by_loop(predicted)
    expected = 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0
    assert pairwise_f1(truth, predicted) == pytest.approx(expected)


@given(CLUSTERINGS)
def test_b_cubed_f1_is_the_loops(things: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(things).T
    precision, recall = [], []
    for i in range(len(truth)):
        mine, found = truth == truth[i], predicted == predicted[i]
        precision.append((mine & found).sum() / found.sum())
        recall.append((mine & found).sum() / mine.sum())
    p, r = np.mean(precision), np.mean(recall)
    assert b_cubed_f1(truth, predicted) == pytest.approx(2 * p * r / (p + r))


@settings(deadline=None)
@given(CLUSTERINGS)
def test_adjusted_rand_is_scikit_learns(things: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(things).T
    assert adjusted_rand(truth, predicted) == pytest.approx(adjusted_rand_score(truth, predicted))


@settings(deadline=None)
@given(CLUSTERINGS)
def test_v_measure_is_scikit_learns(things: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(things).T
    expected = homogeneity_completeness_v_measure(truth, predicted)
    assert v_measure(truth, predicted) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(CLUSTERINGS)
def test_purity_is_the_largest_overlaps(things: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(things).T
    best = contingency_matrix(truth, predicted).max(axis=0).sum()
    assert purity(truth, predicted) == pytest.approx(best / len(truth))


def test_nothing_is_pure_and_homogeneous() -> None:
    assert v_measure(NOTHING, NOTHING) == (1, 1, 1)
    assert purity(NOTHING, NOTHING) == 1
    assert v_measure(np.array([0, 1]), np.array([0, 0])).v_measure == 0


@pytest.mark.parametrize("measure", [pairwise_f1, b_cubed_f1, adjusted_rand])
def test_equal_clusterings_agree_fully_whatever_their_names(measure) -> None:
    names = np.array(["a", "a", "b", "c"])
    assert measure(names, np.array([7, 7, 3, 1])) == 1
    assert measure(np.arange(4), np.arange(4)) == 1
    assert measure(np.zeros(4, int), np.zeros(4, int)) == 1
    assert measure(NOTHING, NOTHING) == 1


def test_a_million_things_stay_exact_and_fast() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 1_000_000)
    assert abs(adjusted_rand(truth, rng.permutation(truth))) < 1e-4
    assert pairwise_f1(truth, truth) == 1
