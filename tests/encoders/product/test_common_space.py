from __future__ import annotations

import numpy as np

from shelfspace.encoders import Listings
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.product import CommonSpace, WordPhotoPairs

NEW = np.arange(500, 700)


def what(listings: Listings) -> np.ndarray:
    """Everything but the maker, whom no photo shows."""
    return np.array([" ".join(name.split()[1:]) for name in listings.names])


def test_recall_climbs_from_chance_to_above_095(
    shelf: Listings, vectors: Vectors, pairs: WordPhotoPairs
) -> None:
    common = pairs.common(dim=40, regularisation=0.1)
    new = shelf.take(NEW)
    scores = common.of_photos(vectors[NEW]) @ common.of_words(new).T
    right = what(new)[:, None] == what(new)[None]
    for found in (scores, scores.T):
        best = np.argsort(-found, axis=1)[:, :5]
        assert np.take_along_axis(right, best, axis=1).any(axis=1).mean() > 0.95
    assert right.mean() < 0.02, "by chance"


def test_vectors_are_unit_and_without_evidence_zero(pairs: WordPhotoPairs, vectors: Vectors) -> None:
    common = pairs.common(dim=12, regularisation=0.3)
    words = common.of_words(Listings.of_texts(["red ring", "", "zzz qqq", "large blue"]))
    assert words.shape == (4, common.dim) == (4, 12)
    assert np.allclose(np.linalg.norm(words, axis=1), [1, 0, 0, 1], atol=1e-5)
    photos = common.of_photos(np.vstack([vectors[:2], np.zeros_like(vectors[:1])]))
    assert np.allclose(np.linalg.norm(photos, axis=1), [1, 1, 0], atol=1e-5)
    assert common.of_words(Listings([], [])).shape == (0, 12)


def test_tensors_hold_all_of_it(pairs: WordPhotoPairs, shelf: Listings) -> None:
    common = pairs.common(dim=12, regularisation=0.3)
    again = CommonSpace.of_tensors(common.tensors())
    assert np.array_equal(again.of_words(shelf), common.of_words(shelf))


def test_pairs_are_listings_with_both(shelf: Listings, vectors: Vectors) -> None:
    names = ["" if row < 10 else name for row, name in enumerate(shelf.names)]
    blind = vectors.copy()
    blind[20:30] = 0
    pairs = WordPhotoPairs.of(Listings(names, shelf.details), blind)
    assert pairs is not None
    assert len(pairs) == len(names) - 20
    assert not np.isin(pairs.rows, [*range(10), *range(20, 30)]).any()
    some = pairs.take(np.array([3, 1]))
    assert some.rows.tolist() == [pairs.rows[3], pairs.rows[1]]
    assert len(some.words) == some.matrix.shape[0] == 2


def test_too_little_to_learn_from(shelf: Listings, vectors: Vectors) -> None:
    few = shelf.take(np.arange(3))
    assert WordPhotoPairs.of(few, vectors[:3]) is None
    assert WordPhotoPairs.of(Listings([], []), vectors[:0]) is None
    assert WordPhotoPairs.of(Listings([""] * 9, [""] * 9), vectors[:9]) is None
    nothing = CommonSpace.empty(7)
    assert not nothing.of_words(few).any()
    assert not nothing.of_photos(np.ones((2, 7), np.float32)).any()
