from __future__ import annotations

import numpy as np
import pytest

from shelfspace.tasks.bandit.contexts import contexts_of, prior_of
from shelfspace.tasks.shoppers.tastes import unit


def test_a_context_is_one_score_cosine_and_product() -> None:
    rng = np.random.default_rng(0)
    tastes = unit(rng.normal(size=(2, 4)).astype(np.float32))
    vectors = unit(rng.normal(size=(6, 4)).astype(np.float32))
    candidates = np.array([[5, 0, 2], [1, 3, -1]])
    found = contexts_of(candidates, np.array([[9, 7, 5], [2, 1, 0]], np.float32), tastes, vectors)
    assert found.shape == (2, 3, 7)
    assert found[0, 1, 0] == 1
    assert found[:, :, 1].tolist() == [[1, 0.5, 0], [1, 0, 0]]
    assert found[1, 1, 2] == pytest.approx(float(tastes[1] @ vectors[3]), abs=1e-6)
    assert found[0, 2, 3:] == pytest.approx(2 * tastes[0] * vectors[2], abs=1e-6)
    assert not found[1, 2].any()


def test_the_prior_ranks_as_the_recommender_did() -> None:
    candidates, scores = np.array([[3, 1, 0, 2]]), np.array([[4.0, 3.5, 1.0, 0.2]], np.float32)
    found = contexts_of(candidates, scores, np.zeros((1, 3), np.float32), np.eye(4, 3, dtype=np.float32))
    worth = (found @ prior_of(3))[0]
    assert worth.tolist() == sorted(worth, reverse=True)
    assert worth[0] - worth[-1] == pytest.approx(0.1)


def test_without_users_or_candidates_there_are_no_contexts() -> None:
    none = np.zeros((0, 3))
    assert contexts_of(
        none.astype(int), none.astype(np.float32), np.zeros((0, 2), np.float32), np.eye(2)
    ).shape == (
        0,
        3,
        5,
    )
