from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.neighbours import Neighbours
from shelfspace.tasks.bandit.bandit import Bandit
from shelfspace.tasks.bandit.contexts import contexts_of, prior_of
from shelfspace.tasks.bandit.explored import explored
from shelfspace.tasks.bandit.ridge import Ridge
from shelfspace.tasks.shoppers.tastes import unit

DIM = 4


@pytest.fixture
def shop() -> tuple[Neighbours, np.ndarray, np.ndarray]:
    """The candidates of 30 users, of which one has two only and one has none; tastes and vectors."""
    rng = np.random.default_rng(0)
    ids = np.array([rng.permutation(12)[:6] for _ in range(30)])
    scores = -np.sort(-rng.random((30, 6)), axis=1).astype(np.float32)
    ids[4, 2:] = ids[7] = -1
    scores[ids < 0] = -np.inf
    tastes, vectors = (unit(rng.normal(size=(n, DIM)).astype(np.float32)) for n in (30, 12))
    return Neighbours(ids, scores), tastes, vectors


def test_before_any_reward_a_greedy_bandit_shows_what_the_recommender_does(
    shop: tuple[Neighbours, np.ndarray, np.ndarray],
) -> None:
    greedy = Bandit(Ridge.starting_at(prior_of(DIM)), width=0.0, at_random=0.0)
    found = explored(greedy, *shop, 4, np.random.default_rng(1))
    assert np.array_equal(found.items, shop[0].ids[:, :4])


def test_what_is_shown_comes_with_what_has_to_be_logged(
    shop: tuple[Neighbours, np.ndarray, np.ndarray],
) -> None:
    candidates, tastes, vectors = shop
    bandit = Bandit(Ridge.starting_at(prior_of(DIM)), at_random=0.2)
    found = explored(bandit, *shop, 4, np.random.default_rng(2))
    contexts = contexts_of(candidates.ids, candidates.scores, tastes, vectors)
    for user in range(30):
        own = candidates.ids[user].tolist()
        for place, item in enumerate(found.items[user].tolist()):
            if item >= 0:
                assert np.array_equal(found.contexts[user, place], contexts[user, own.index(item)])
    assert (found.items >= 0).sum(axis=1).tolist() == [2 if u == 4 else 0 if u == 7 else 4 for u in range(30)]
    assert len(found.first) == 29
    firsts = found.first.candidates[np.arange(29), found.first.chosen]
    assert np.array_equal(firsts, np.delete(found.items[:, 0], 7))
    assert np.isnan(found.first.rewards).all()


def test_the_bandit_learns_whom_to_show_what(shop: tuple[Neighbours, np.ndarray, np.ndarray]) -> None:
    candidates, tastes, vectors = shop
    rng = np.random.default_rng(3)
    bandit = Bandit(Ridge.starting_at(prior_of(DIM)))

    def clicks(items: np.ndarray) -> np.ndarray:
        """People click what they like, whatever its score; nobody knows of the last ten."""
        liked = np.einsum("nd,nkd->nk", tastes, vectors[np.maximum(items, 0)]) > 0.2
        found = np.where(items >= 0, liked, np.nan).astype(float)
        found[20:] = np.nan
        return found

    def rate(bandit: Bandit) -> float:
        chosen = explored(bandit, candidates, tastes, vectors, 1, np.random.default_rng(4)).items
        return float(np.nanmean(clicks(chosen)))

    before = rate(bandit)
    for _ in range(40):
        found = explored(bandit, candidates, tastes, vectors, 2, rng)
        bandit = found.learned(bandit, clicks(found.items))
    possible = np.nanmax(np.delete(clicks(candidates.ids)[:20], 7, axis=0), axis=1).mean()
    assert rate(bandit) > max(before + 0.2, 0.85 * possible)
    assert bandit.model.n == 40 * 38  # two places of nineteen users who had candidates


def test_without_candidates_nothing_is_shown() -> None:
    none = Neighbours(np.zeros((2, 0), np.int64), np.zeros((2, 0), np.float32))
    bandit = Bandit(Ridge.starting_at(prior_of(DIM)))
    found = explored(
        bandit,
        none,
        np.zeros((2, DIM), np.float32),
        np.eye(DIM, dtype=np.float32),
        3,
        np.random.default_rng(0),
    )
    assert found.items.tolist() == [[-1] * 3] * 2
    assert len(found.first) == 0
    assert found.learned(bandit, np.full((2, 3), np.nan)).model.n == 0
