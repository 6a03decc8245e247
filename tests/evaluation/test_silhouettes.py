import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from shelfspace.evaluation import silhouettes
from shelfspace.evaluation.silhouettes import silhouette


def drawn(n: int, groups: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, groups, n)
    vectors = rng.normal(size=(groups, 6))[labels] + rng.normal(size=(n, 6))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels


@pytest.mark.parametrize("groups", [2, 5, 40])
def test_it_is_scikit_learns(groups: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silhouettes, "_BLOCK", 64)
    vectors, labels = drawn(90, groups)  # of forty some stand alone
    expected = silhouette_score(vectors, labels, metric="cosine")
    assert silhouette(vectors, labels, np.arange(90)) == pytest.approx(expected, abs=1e-5)


def test_a_sample_is_about_the_whole() -> None:
    vectors, labels = drawn(3000, 4)
    whole = silhouette(vectors, labels, np.arange(3000))
    assert silhouette(vectors, labels, np.arange(0, 3000, 3)) == pytest.approx(whole, abs=0.03)


def test_what_has_no_group_is_left_out() -> None:
    vectors, labels = drawn(60, 3)
    more = np.concatenate([vectors, vectors[:5]])
    told = np.concatenate([labels, np.full(5, -1)])
    expected = silhouette(vectors, labels, np.arange(60))
    assert silhouette(more, told, np.arange(65)) == pytest.approx(expected)


def test_one_group_or_nothing_is_0() -> None:
    vectors, labels = drawn(10, 3)
    assert silhouette(vectors, np.zeros(10, int), np.arange(10)) == 0
    assert silhouette(vectors[:0], labels[:0], np.arange(0)) == 0
    assert silhouette(vectors, np.full(10, -1), np.arange(10)) == 0
