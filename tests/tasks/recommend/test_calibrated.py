from __future__ import annotations

from math import log

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.evaluation.beyond_accuracy import miscalibration
from shelfspace.tasks.recommend import diversity as room
from shelfspace.tasks.recommend.calibrated import calibrated
from shelfspace.tasks.recommend.diversity import scaled
from shelfspace.tasks.recommend.mixes import category_shares, mixes

N_ITEMS, M, K = 40, 15, 6
CATEGORIES = [
    None if i % 9 == 4 else ("a", "b", "c") if i % 10 == 0 else "abcd"[i % 4] for i in range(N_ITEMS)
]
SHARES = category_shares(CATEGORIES)


@pytest.fixture
def given() -> tuple[np.ndarray, np.ndarray, Interactions]:
    rng = np.random.default_rng(0)
    candidates = np.array([rng.permutation(N_ITEMS)[:M] for _ in range(9)])
    candidates[1, 4:] = -1
    scores = -np.sort(-rng.random((9, M)), axis=1).astype(np.float32)
    users = rng.integers(0, 8, 60)  # the ninth has no history
    return (
        candidates,
        scores,
        Interactions.of_rows(users, rng.integers(0, 40, 60), n_users=9, n_items=N_ITEMS),
    )


def by_loop(row: list[int], worth: np.ndarray, knob: float, own: np.ndarray) -> list[int]:
    shares = SHARES.toarray()

    def divergence(items: list[int]) -> float:
        total = sum(shares[item] for item in items)
        mix = total / total.sum() if total.sum() else total
        smooth = 0.99 * mix + 0.01 * own
        return sum(p * log(p / q) for p, q in zip(own, smooth, strict=True) if p)

    left, chosen = [i for i, item in enumerate(row) if item >= 0], []
    while left and len(chosen) < K:
        values = [(1 - knob) * worth[i] - knob * divergence([row[j] for j in [*chosen, i]]) for i in left]
        chosen.append(left.pop(int(np.argmax(np.round(values, 6)))))
    return [row[i] for i in chosen] + [-1] * (K - len(chosen))


@pytest.mark.parametrize("knob", [0.3, 0.7])
def test_each_place_goes_to_the_best_of_the_loop(
    given: tuple[np.ndarray, np.ndarray, Interactions], knob: float
) -> None:
    candidates, scores, histories = given
    mix = mixes(histories.matrix(), SHARES)
    found = calibrated(candidates, scores, K, knob, mix, SHARES)
    worth = scaled(candidates, scores)
    for user in range(9):
        expected = by_loop(candidates[user].tolist(), worth[user], knob, mix[user])
        assert found[user].tolist() == expected


def test_lists_come_nearer_to_the_users_mix_the_more_it_is_asked(
    given: tuple[np.ndarray, np.ndarray, Interactions],
) -> None:
    candidates, scores, histories = given
    mix = mixes(histories.matrix(), SHARES)
    lists = [calibrated(candidates, scores, K, knob, mix, SHARES) for knob in (0, 0.5, 1)]
    figures = [miscalibration(each, histories, SHARES) for each in lists]
    assert figures[0] > figures[1] >= figures[2]
    assert np.array_equal(lists[0], candidates[:, :K])


def test_a_user_without_a_mix_keeps_the_list(given: tuple[np.ndarray, np.ndarray, Interactions]) -> None:
    candidates, scores, histories = given
    found = calibrated(candidates, scores, K, 0.9, mixes(histories.matrix(), SHARES), SHARES)
    assert np.array_equal(found[8], candidates[8, :K])


def test_blocks_of_users_do_not_matter(
    given: tuple[np.ndarray, np.ndarray, Interactions], monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates, scores, histories = given
    mix = mixes(histories.matrix(), SHARES)
    whole = calibrated(candidates, scores, K, 0.6, mix, SHARES)
    monkeypatch.setattr(room, "_AT_ONCE", 100)
    assert np.array_equal(calibrated(candidates, scores, K, 0.6, mix, SHARES), whole)


def test_without_any_category_or_candidate_lists_stay_as_they_are() -> None:
    none = category_shares([None, None])
    found = calibrated(np.array([[1, 0]]), np.ones((1, 2), np.float32), 3, 1.0, np.zeros((1, 0)), none)
    assert found.tolist() == [[1, 0, -1]]
    empty = np.zeros((2, 0))
    assert calibrated(
        empty.astype(int), empty.astype(np.float32), 2, 0.5, np.ones((2, 4)), SHARES
    ).tolist() == [
        [-1, -1],
        [-1, -1],
    ]


@pytest.mark.parametrize(("k", "calibration"), [(0, 0.5), (2, -0.1), (2, 1.1)])
def test_what_is_out_of_range_is_refused(k: int, calibration: float) -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        calibrated(np.array([[1]]), np.ones((1, 1), np.float32), k, calibration, np.ones((1, 4)), SHARES)
