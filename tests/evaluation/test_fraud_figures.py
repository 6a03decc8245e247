import numpy as np
import pytest

from shelfspace.evaluation.fraud_figures import fraud_figures, over_lists


def test_figures_of_a_ranking():
    truth, scores = np.array([1, 1, 0, 0, 0]), np.array([5.0, 3.0, 4.0, 2.0, 1.0])
    found = fraud_figures(truth, scores)
    assert found["recall@k"] == 0.5
    assert found["precision@1%"] == 1
    assert found["auroc"] == pytest.approx(5 / 6)


def test_equal_scores_count_in_proportion():
    found = fraud_figures(np.array([1, 0, 0, 0]), np.zeros(4))
    assert (found["recall@k"], found["precision@1%"], found["auroc"]) == (0.25, 0.25, 0.5)


def test_nothing_to_find_and_nobody():
    assert fraud_figures(np.zeros(3, np.int64), np.arange(3.0))["recall@k"] == 0
    assert set(fraud_figures(np.zeros(0, np.int64), np.zeros(0)).values()) == {0.0, 0.5}


def test_means_are_over_lists_then_shares():
    lists = {"5%": [{"auroc": 0.6, "average_precision": 0.2}, {"auroc": 0.8, "average_precision": 0.4}]}
    lists["10%"] = [{"auroc": 0.9, "average_precision": 0.5}]
    found = over_lists(lists)
    assert found["auroc"] == pytest.approx(0.8)
    assert found["auroc_5%"] == pytest.approx(0.7)
    assert found["average_precision_10%"] == 0.5
