from dataclasses import replace

import numpy as np

from shelfspace.encoders import Listings
from shelfspace.encoders.product import WordPhotoPairs
from shelfspace.training.common_space import (
    RIDGES,
    learn_common,
    ranks_of,
    reciprocal_ranks,
    study_common,
)

WORDS = np.array(["lamp", "oak", "white", "round", "tall", "steel", "small", "desk"])


def made_up(n, seed=0):
    """Listings of random words, and noisy photos that show them."""
    rng = np.random.default_rng(seed)
    has = rng.random((n, len(WORDS))) < 0.4
    has[~has.any(axis=1), 0] = True
    shown = has @ np.random.default_rng(1).normal(size=(len(WORDS), 20)) + 0.3 * rng.normal(size=(n, 20))
    return Listings.of_texts([" ".join(WORDS[row]) for row in has]), shown.astype(np.float32)


def test_the_ridge_is_chosen_and_new_pairs_are_found():
    pairs = WordPhotoPairs.of(*made_up(400))
    study = study_common(pairs, dim=8, epochs=2)
    assert study.verdict is not None
    assert study.epochs in (0, 2)
    assert study.ridge in RIDGES
    listings, photos = made_up(100, seed=5)
    scores = study.common.of_photos(photos) @ study.common.of_words(listings).T
    _, groups = np.unique(list(listings.names), return_inverse=True)
    assert (ranks_of(scores, groups) < 5).mean() > 0.9
    again = study_common(pairs, dim=8, epochs=2)
    assert np.array_equal(again.common.photo_map, study.common.photo_map)


def test_few_pairs_leave_nothing_to_choose():
    study = study_common(WordPhotoPairs.of(*made_up(12)))
    assert study.verdict is None
    assert np.isfinite(study.common.photo_map).all()
    assert study.common.dim == study.refitted(WordPhotoPairs.of(*made_up(12))).dim


def test_ranks_against_loops():
    rng = np.random.default_rng(0)
    scores, groups = rng.normal(size=(9, 9)), rng.integers(0, 4, 9)
    expected = [
        sum(score > max(scores[i][groups == groups[i]]) for score in scores[i]) for i in range(len(scores))
    ]
    assert ranks_of(scores, groups).tolist() == expected
    both = [1 / (1 + ranks_of(s, groups)) for s in (scores, scores.T)]
    assert np.allclose(reciprocal_ranks(scores, groups), np.mean(both, axis=0))


def test_no_pair_and_one_pair_have_ranks():
    assert ranks_of(np.zeros((0, 0)), np.zeros(0, np.int64)).tolist() == []
    assert ranks_of(np.ones((1, 1)), np.zeros(1, np.int64)).tolist() == [0]


def recall(common, listings, photos):
    scores = common.of_photos(photos) @ common.of_words(listings).T
    _, groups = np.unique(list(listings.names), return_inverse=True)
    return (ranks_of(scores, groups) < 1).mean()


def test_contrast_mends_a_space_that_is_off():
    pairs = WordPhotoPairs.of(*made_up(300))
    closed = pairs.common(dim=8, regularisation=0.1)
    noise = np.random.default_rng(0).normal(size=closed.word_map.shape) * 2 * closed.word_map.std()
    off = replace(closed, word_map=(closed.word_map + noise).astype(np.float32))
    learned = learn_common(off, pairs, 60)
    new = made_up(150, seed=5)
    assert recall(learned, *new) > recall(off, *new) + 0.1
    assert learned.dim == 8


def test_categories_are_learned_beside_the_pairs():
    pairs = WordPhotoPairs.of(*made_up(120))
    categories = (np.arange(120) % 3).astype(np.int64)
    categories[:20] = -1
    closed = pairs.common(dim=8, regularisation=0.1)
    told = learn_common(closed, pairs, 2, categories=categories)
    assert np.isfinite(told.photo_map).all()
    assert not np.array_equal(told.photo_map, learn_common(closed, pairs, 2).photo_map)
    unknown = learn_common(closed, pairs, 2, categories=np.full(120, -1))
    assert np.isfinite(unknown.photo_map).all()


def test_nothing_to_contrast_changes_nothing():
    pairs = WordPhotoPairs.of(*made_up(30))
    closed = pairs.common(dim=4, regularisation=0.1)
    assert learn_common(closed, pairs, 0) is closed
    assert learn_common(closed, pairs.take(np.array([0])), 5) is closed
