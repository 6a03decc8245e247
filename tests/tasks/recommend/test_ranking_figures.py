import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.tasks.recommend.ranking_figures import accuracy, hits, ndcg, recall


def test_by_hand():
    asked = Interactions.of_rows([0, 0, 1, 1, 1, 2], [3, 4, 0, 1, 2, 9], n_users=4, n_items=10)
    lists = np.array([[3, 0], [5, 2], [1, 2], [9, 9]])
    assert hits(lists, asked).tolist() == [[True, False], [False, True], [False, False], [False, False]]
    assert recall(lists, asked)[:3].tolist() == [1 / 2, 1 / 3, 0]
    assert np.isnan(recall(lists, asked)[3])
    second = 1 / np.log2(3)
    assert ndcg(lists, asked)[:3].tolist() == pytest.approx([1 / (1 + second), second / (1 + second), 0])
    assert accuracy(lists, asked)["recall@2"] == pytest.approx((1 / 2 + 1 / 3) / 3)


def test_they_agree_with_ranx():
    numba = pytest.importorskip("numba")
    numba.config.DISABLE_JIT = True  # compiling its loops takes minutes, running them as they are an instant
    ranx = pytest.importorskip("ranx")
    rng = np.random.default_rng(0)
    lists = np.argsort(rng.random((50, 80)), axis=1)[:, :20]
    asked = Interactions.of_rows(
        np.repeat(np.arange(50), 30), rng.integers(0, 80, 1500), n_users=50, n_items=80
    ).first_takes()
    asked = asked.where(np.arange(len(asked)) - np.repeat(asked.starts[:-1], asked.lengths) < 1 + asked.users)
    truth = ranx.Qrels({str(u): {str(i): 1 for i in asked.of(u)} for u in range(50)})
    run = ranx.Run({str(u): {str(i): float(20 - r) for r, i in enumerate(lists[u])} for u in range(50)})
    theirs = ranx.evaluate(truth, run, ["recall@20", "ndcg@20"])
    assert accuracy(lists, asked) == pytest.approx(theirs)


def test_short_lists_and_nobody():
    asked = Interactions.of_rows([0], [0], n_users=1, n_items=1)
    assert accuracy(np.array([[-1, -1]]), asked) == {"recall@2": 0.0, "ndcg@2": 0.0}
    assert accuracy(np.array([[0, -1]]), asked) == {"recall@2": 1.0, "ndcg@2": 1.0}
    assert accuracy(np.zeros((0, 2), np.int64), Interactions.empty(0, 1)) == {"recall@2": 0.0, "ndcg@2": 0.0}
    assert accuracy(np.array([[0, -1]]), Interactions.empty(1, 1)) == {"recall@2": 0.0, "ndcg@2": 0.0}
