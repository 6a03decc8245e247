import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.tasks.recommend.alike import Alike
from shelfspace.tasks.recommend.scorer import load_recommender

VECTORS = np.array([[1, 0], [0.8, 0.6], [0.8, -0.6], [0, 1], [0, 0]], np.float32)


@pytest.fixture
def alike():
    """The third is as like the first as the second is, and only few have taken it."""
    taken = Interactions.of_rows(np.arange(20), [1] * 15 + [0] * 4 + [2], n_users=20, n_items=5)
    return Alike.fit(taken, VECTORS)


def asked(*histories):
    users = np.repeat(np.arange(len(histories)), [len(each) for each in histories])
    items = np.array([item for each in histories for item in each], np.int64)
    return Interactions.of_rows(users, items, n_users=len(histories), n_items=5)


def test_what_is_alike_comes_first_and_what_few_have_taken_before_the_rest(alike):
    scores = alike.scores(asked([0]))[0]
    assert scores.argsort()[::-1][:3].tolist() == [0, 2, 1]
    assert scores[2] / scores[1] == pytest.approx((1 + 5 / 6) / (1 + 5 / 20), rel=1e-4)
    assert scores[[3, 4]] == pytest.approx(0, abs=1e-6)


def test_the_newest_counts_most(alike):
    old, new = alike.scores(asked([0, 3], [3, 0]))
    assert old[3] > new[3]
    assert old[0] < new[0]


def test_without_a_history_or_vectors_popularity_decides(alike):
    for scores in alike.scores(asked([], [4])):
        assert scores.argmax() == 1


def test_it_is_kept(alike, tmp_path):
    alike.save(tmp_path)
    again = load_recommender(tmp_path)
    assert np.array_equal(again.scores(asked([0, 3])), alike.scores(asked([0, 3])))
