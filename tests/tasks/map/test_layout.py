from __future__ import annotations

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.tasks.map.layout import laid_out


def planted(each: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around eight directions in 32 dimensions, and which of them each is of."""
    rng = np.random.default_rng(seed)
    kind = np.repeat(np.arange(8), each)
    vectors = np.eye(32)[kind] + 0.12 * rng.normal(size=(len(kind), 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), kind


def purity(places: np.ndarray, kind: np.ndarray) -> float:
    """The share of the five nearest places that are of the same kind."""
    far = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    return float((kind[np.argsort(far, axis=1)[:, :5]] == kind[:, None]).mean())


def test_alike_vectors_lie_together_and_learning_beats_the_closed_form():
    pytest.importorskip("pacmap")
    vectors, kind = planted()
    learned, closed = laid_out(vectors), laid_out(vectors, "closed")
    for places in (learned, closed):
        assert places.shape == (240, 2) and places.min() >= 0 and places.max() <= 1
    assert purity(learned, kind) > 0.95 > purity(closed, kind) > 0.2
    assert np.array_equal(learned, laid_out(vectors, "learned"))


def test_it_falls_back_to_the_closed_form_without_the_extra(monkeypatch):
    monkeypatch.setattr("shelfspace.tasks.map.layout.find_spec", lambda name: None)
    vectors, _ = planted()
    assert np.array_equal(laid_out(vectors), laid_out(vectors, "closed"))
    with pytest.raises(Exception, match=r"shelfspace\[map\]"):
        laid_out(vectors, "learned")


def test_things_of_one_vector_lie_beside_each_other():
    vectors = np.repeat(planted(each=2)[0], 7, axis=0)
    places = laid_out(vectors)
    assert len(np.unique(places, axis=0)) == len(places)
    groups = places.reshape(-1, 7, 2)
    assert np.linalg.norm(groups - groups.mean(axis=1, keepdims=True), axis=2).max() < 0.01


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_few_and_equal_vectors_have_places_too(n):
    for vectors in (planted()[0][:n], np.zeros((n, 4), np.float32)):
        places = laid_out(vectors)
        assert places.shape == (n, 2) and np.isfinite(places).all()
    if n == 1:
        assert places.tolist() == [[0.5, 0.5]]


def test_an_unknown_layout_is_refused():
    with pytest.raises(OptionError, match="auto, closed, learned"):
        laid_out(planted()[0], "tsne")
