from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.ranked import best_of, top_k, top_scored


@dataclass
class Fixed:
    """The score of user u for item i is written down; the rows asked for are kept."""

    table: np.ndarray
    kind: str = "fixed"
    most_at_once: int = 0

    def scores(self, histories, users=None):
        self.most_at_once = max(self.most_at_once, histories.n_users)
        return self.table[users].astype(np.float32)

    def save(self, folder: Path) -> None: ...


def test_the_best_come_first_and_seen_ones_not_at_all():
    table = np.random.default_rng(0).standard_normal((7, 30))
    histories = Interactions.of_rows([0, 0, 3], [table[0].argmax(), 5, 5], n_users=7, n_items=30)
    fixed = Fixed(table)
    found = top_k(fixed, histories, 4, users=np.arange(7), chunk=3)
    assert fixed.most_at_once == 3
    masked = table.astype(np.float32)
    masked[histories.users, histories.items] = -np.inf
    assert np.array_equal(found, np.argsort(-masked, axis=1)[:, :4])
    kept = top_k(fixed, histories, 4, users=np.arange(7), seen="keep")
    assert kept[0, 0] == table[0].argmax()
    assert np.array_equal(top_k(fixed, histories, 4, users=np.arange(7)), found)


def test_equal_scores_stand_in_the_order_of_the_items():
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 3, (40, 25)).astype(np.float32)
    for k in (1, 5, 25):
        assert np.array_equal(best_of(scores, k), np.argsort(-scores, axis=1, kind="stable")[:, :k])
    assert best_of(np.zeros((2, 9), np.float32), 3).tolist() == [[0, 1, 2]] * 2


def test_rows_with_too_few_items_are_filled():
    scores = np.array([[1, -np.inf, 2], [-np.inf] * 3], np.float32)
    assert best_of(scores, 2).tolist() == [[2, 0], [-1, -1]]
    assert best_of(scores, 5).tolist() == [[2, 0, -1, -1, -1], [-1] * 5]
    assert best_of(np.zeros((0, 3), np.float32), 2).shape == (0, 2)
    assert best_of(np.zeros((2, 0), np.float32), 2).tolist() == [[-1, -1]] * 2
    everything = Interactions.of_rows([0, 0, 0], [0, 1, 2], n_users=1, n_items=3)
    assert top_k(Fixed(np.ones((1, 3))), everything, 2, users=np.zeros(1, np.int64)).tolist() == [[-1, -1]]


def test_no_user_gives_no_row_and_no_k_is_refused():
    nobody = Interactions.empty(0, 3)
    assert top_k(Fixed(np.ones((1, 3))), nobody, 2).shape == (0, 2)
    with pytest.raises(OptionError):
        top_k(Fixed(np.ones((1, 3))), nobody, 0)


def test_only_eligible_items_are_chosen_and_k_of_them_where_there_are() -> None:
    scores = np.array([[9, 8, 7, 6, 5, 4], [1, 2, 2, 2, 5, 6]], np.float32)
    eligible = np.array([False, True, False, True, True, False])
    assert best_of(scores, 2, eligible).tolist() == [[1, 3], [4, 1]]
    assert best_of(scores, 4, eligible).tolist() == [[1, 3, 4, -1], [4, 1, 3, -1]]
    assert best_of(scores, 2, np.zeros(6, bool)).tolist() == [[-1, -1], [-1, -1]]
    assert best_of(scores, 2, np.ones(6, bool)).tolist() == best_of(scores, 2).tolist()


def test_scores_stand_beside_the_items() -> None:
    table = np.array([[3.0, 1, 2], [1, 5, 4]])
    histories = Interactions.of_rows([0], [0], n_users=2, n_items=3)
    found = top_scored(Fixed(table), histories, 3, users=np.arange(2))
    assert found.ids.tolist() == [[2, 1, -1], [1, 2, 0]]
    assert found.scores.tolist() == [[2, 1, -np.inf], [5, 4, 1]]
