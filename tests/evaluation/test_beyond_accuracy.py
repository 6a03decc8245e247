from __future__ import annotations

from itertools import combinations
from math import log, log2

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.evaluation.beyond_accuracy import (
    beyond_accuracy,
    coverage,
    diversity,
    gini,
    miscalibration,
    novelty,
    popularity_lift,
)
from shelfspace.tasks.recommend import diversity as diversity_room
from shelfspace.tasks.recommend.mixes import category_shares

N_USERS, N_ITEMS, K = 40, 30, 6
CATEGORIES = [("a", "b") if i % 7 == 0 else None if i % 11 == 0 else "abcd"[i % 4] for i in range(N_ITEMS)]
NOTHING = np.full((3, K), -1)


@pytest.fixture
def lists() -> np.ndarray:
    rng = np.random.default_rng(0)
    rows = np.array([rng.permutation(N_ITEMS)[:K] for _ in range(N_USERS)])
    rows[rng.random(rows.shape) < 0.2] = -1
    rows[3] = -1
    rows[4, 1:] = -1
    return rows


@pytest.fixture
def histories() -> Interactions:
    rng = np.random.default_rng(1)
    users = rng.integers(0, N_USERS - 2, 200)  # two have no history, one of them the last
    return Interactions.of_rows(users, rng.integers(0, N_ITEMS, 200), n_users=N_USERS, n_items=N_ITEMS)


@pytest.fixture
def popularity() -> np.ndarray:
    return np.arange(N_ITEMS)  # nobody took item 0


def history_of(histories: Interactions, user: int) -> list[int]:
    return histories.items[histories.starts[user] : histories.starts[user + 1]].tolist()


def shown_to(lists: np.ndarray) -> list[list[int]]:
    return [[item for item in row if item >= 0] for row in lists.tolist()]


def test_coverage_counts_what_is_ever_shown(lists: np.ndarray) -> None:
    shown = {item for row in shown_to(lists) for item in row}
    assert coverage(lists, N_ITEMS) == len(shown) / N_ITEMS
    assert coverage(np.array([[0, 1], [1, -1]]), 4) == 0.5


def test_gini_is_the_mean_difference_of_how_often_items_are_shown(lists: np.ndarray) -> None:
    shown = [sum(row.count(item) for row in shown_to(lists)) for item in range(N_ITEMS)]
    differences = sum(abs(one - other) for one in shown for other in shown)
    assert gini(lists, N_ITEMS) == pytest.approx(differences / (2 * N_ITEMS * sum(shown)))
    assert gini(np.array([[0, 1], [2, 3]]), 4) == 0
    assert gini(np.zeros((50, 1), int), 100) == pytest.approx(0.99)


def test_diversity_is_the_loop_over_pairs(lists: np.ndarray) -> None:
    vectors = np.random.default_rng(2).normal(size=(N_ITEMS, 5)).astype(np.float32)
    vectors[7] = 0
    means = []
    for row in shown_to(lists):
        pairs = [
            1
            - float(vectors[i] @ vectors[j])
            / max(np.linalg.norm(vectors[i]) * np.linalg.norm(vectors[j]), 1e-9)
            for i, j in combinations(row, 2)
        ]
        means += [np.mean(pairs)] if pairs else []
    assert diversity(lists, vectors) == pytest.approx(np.mean(means), abs=1e-6)


def test_equal_items_are_no_diversity_and_opposite_ones_are_two() -> None:
    vectors = np.array([[3, 0], [1, 0], [-2, 0]], np.float32)
    assert diversity(np.array([[0, 1]]), vectors) == pytest.approx(0)
    assert diversity(np.array([[0, 2]]), vectors) == pytest.approx(2)
    assert diversity(np.array([[0, -1]]), vectors) == 0


def test_novelty_is_the_loop_over_what_is_shown(lists: np.ndarray, popularity: np.ndarray) -> None:
    means = [np.mean([-log2(max(popularity[i], 1) / 100) for i in row]) for row in shown_to(lists) if row]
    assert novelty(lists, popularity, 100) == pytest.approx(np.mean(means))
    assert novelty(np.array([[0]]), np.array([25]), 100) == 2
    assert novelty(np.array([[0]]), np.array([100]), 100) == 0


def test_popularity_lift_is_the_ratio_of_two_loops(
    lists: np.ndarray, histories: Interactions, popularity: np.ndarray
) -> None:
    both = [(history_of(histories, u), row) for u, row in enumerate(shown_to(lists))]
    means = [(np.mean(popularity[own]), np.mean(popularity[row])) for own, row in both if own and row]
    taken, shown = np.mean(means, axis=0)
    assert popularity_lift(lists, histories, popularity) == pytest.approx(shown / taken)


def test_showing_users_their_own_history_has_no_lift_and_is_calibrated() -> None:
    items = np.array([[0, 1, 2], [3, 4, 5], [0, 4, 8]])
    own = Interactions.of_rows(np.repeat([0, 1, 2], 3), items.ravel(), n_users=3, n_items=9)
    assert popularity_lift(items, own, np.arange(9)) == 1
    assert miscalibration(items, own, category_shares(list("abcabcabc"))) == pytest.approx(0)


@pytest.mark.parametrize("at_once", [1, 40, 1 << 24])
def test_miscalibration_is_the_loop_whatever_the_chunks(
    lists: np.ndarray, histories: Interactions, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diversity_room, "_AT_ONCE", at_once)

    def mix(items: list[int]) -> dict[str, float]:
        found = dict.fromkeys("abcd", 0.0)
        for item in items:
            names = tuple(CATEGORIES[item] or ())
            for name in names:
                found[name] += 1 / len(names)
        total = sum(found.values())
        return {name: value / total for name, value in found.items()} if total else {}

    divergences = []
    for user, row in enumerate(shown_to(lists)):
        p, q = mix(sorted(set(history_of(histories, user)))), mix(row)
        if p and q:
            smooth = {c: 0.99 * q[c] + 0.01 * p[c] for c in p}
            divergences.append(sum(p[c] * log(p[c] / smooth[c]) for c in p if p[c]))
    assert len(divergences) < N_USERS - 2
    found = miscalibration(lists, histories, category_shares(CATEGORIES))
    assert found == pytest.approx(np.mean(divergences), rel=1e-5)


def test_a_mix_without_anything_in_common_is_as_far_as_can_be() -> None:
    own = Interactions.of_rows(np.array([0]), np.array([0]), n_users=1, n_items=2)
    shares = category_shares(["a", "b"])
    assert miscalibration(np.array([[1]]), own, shares) == pytest.approx(-log(0.01))
    assert miscalibration(np.array([[1]]), own, shares, smoothing=0.1) == pytest.approx(-log(0.1))


def test_chunks_do_not_change_diversity(lists: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(3).normal(size=(N_ITEMS, 4)).astype(np.float32)
    at_once = diversity(lists, vectors)
    monkeypatch.setattr(diversity_room, "_AT_ONCE", 50)
    assert diversity(lists, vectors) == pytest.approx(at_once)


@pytest.mark.parametrize("lists", [NOTHING, NOTHING[:0], np.zeros((3, 0), int)])
def test_empty_lists_give_figures_that_are_numbers(lists: np.ndarray) -> None:
    empty = np.zeros(0, int)
    none = Interactions.of_rows(empty, empty, n_users=len(lists), n_items=4)
    found = beyond_accuracy(
        lists,
        none,
        np.zeros(4, int),
        0,
        vectors=np.zeros((4, 3), np.float32),
        shares=category_shares(["a", None, None, "b"]),
    )
    k = lists.shape[1]
    assert found == {
        f"coverage@{k}": 0,
        f"novelty@{k}": 0,
        f"popularity_lift@{k}": 1,
        f"gini@{k}": 0,
        f"diversity@{k}": 0,
        f"miscalibration@{k}": 0,
    }


def test_all_figures_are_named_by_the_length_of_the_lists(
    lists: np.ndarray, histories: Interactions, popularity: np.ndarray
) -> None:
    found = beyond_accuracy(lists, histories, popularity, 100)
    assert set(found) == {"coverage@6", "novelty@6", "popularity_lift@6", "gini@6"}
    with pytest.raises(OptionError, match="39 lists for 40 histories"):
        beyond_accuracy(lists[1:], histories, popularity, 100)
