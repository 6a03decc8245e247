import numpy as np
import pytest
import torch

from shelfspace.tasks.classify.calibrated import mixed, shares_of, surprise, temperature_of


def test_surprise_is_the_mean_cross_entropy_of_what_is_known():
    p = torch.tensor([[0.5, 0.5], [0.1, 0.9], [0.3, 0.7]])
    assert surprise(p, np.array([0, 1, -1])) == pytest.approx(-np.log([0.5, 0.9]).mean(), abs=1e-6)
    assert surprise(p, np.array([-1, -1, -1])) == 0


def test_sure_scores_are_sharpened_and_unsure_ones_softened():
    right = torch.eye(3).repeat(10, 1)
    labels = np.tile(np.arange(3), 10)
    random = torch.from_numpy(np.random.default_rng(0).random((30, 3))).float()
    assert temperature_of(right, labels) < 0.1 < temperature_of(random, labels)


def test_shares_follow_who_is_right():
    labels = np.tile(np.arange(2), 20)
    good = torch.where(torch.eye(2)[labels] > 0, 0.9, 0.1)
    bad = torch.full((40, 2), 0.5)
    assert shares_of([bad, good], labels) == (0.0, 1.0)
    assert shares_of([good], labels) == (1.0,)
    torch.testing.assert_close(mixed([good, bad], (0.5, 0.5)).sum(1), torch.ones(40))
