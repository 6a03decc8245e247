from dataclasses import dataclass

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.tasks.recommend import ranked
from shelfspace.tasks.recommend.continuations import (
    Continuations,
    every_prefix,
    last_taken,
    ranks_within,
    reached,
    target_ranks,
)
from shelfspace.tasks.recommend.ranked import top_k


def listed(histories):
    return [histories.of(user).tolist() for user in range(histories.n_users)]


def test_every_prefix_of_every_session():
    taken = Interactions(9, np.array([0, 3, 3, 4, 6]), np.array([5, 6, 5, 7, 8, 8]), times=np.arange(6.0))
    found = every_prefix(taken)
    assert listed(found.histories) == [[5], [5, 6], [8]] and found.targets.tolist() == [6, 5, 8]
    assert found.histories.times.tolist() == [0, 0, 1, 4]
    assert found.repeats().tolist() == [False, True, True]
    assert listed(found.take([2, 0]).histories) == [[8], [5]]
    assert len(found.sample(2)) == 2 and len(found.sample(9)) == 3
    assert not len(every_prefix(Interactions.empty(2, 3)))


def test_the_last_event_and_what_came_before():
    taken = Interactions(9, np.array([0, 3, 3, 4, 6]), np.array([5, 6, 5, 7, 8, 1]))
    found = last_taken(taken)
    assert listed(found.histories) == [[5, 6], [8]] and found.targets.tolist() == [5, 1]


@dataclass
class Drawn:
    table: np.ndarray
    kind: str = "drawn"

    def scores(self, histories, users=None):
        return self.table[histories.items[histories.starts[:-1]]].copy()


def test_ranks_are_those_of_the_list(monkeypatch):
    rng = np.random.default_rng(0)
    drawn = Drawn(rng.integers(0, 9, (30, 30)).astype(np.float32))
    log = Interactions.of_rows(np.repeat(np.arange(40), 3), rng.integers(0, 30, 120), n_users=40, n_items=30)
    asked = Continuations(log, rng.integers(0, 30, 40))
    monkeypatch.setattr(ranked, "_BLOCK", 100)
    for seen in ("keep", "exclude"):
        lists = top_k(drawn, log, 30, seen=seen)
        hit = lists == asked.targets[:, None]
        expected = np.where(hit.any(axis=1), hit.argmax(axis=1), 30)
        assert np.array_equal(target_ranks(drawn, asked, seen=seen), expected)


def test_what_is_left_out_has_the_last_place():
    scores = np.array([[1, -np.inf, 3]], np.float32)
    assert ranks_within(scores, np.array([1])).tolist() == [3]


def test_the_discounted_gain_of_a_place():
    assert reached(np.array([0, 2, 20])).tolist() == [1, 0.5, 0]
    assert reached(np.array([2]), 2).tolist() == [0]
    assert reached(np.array([6]), 10) == pytest.approx(1 / 3)
