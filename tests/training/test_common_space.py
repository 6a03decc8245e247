import numpy as np

from shelfspace.encoders import Listings
from shelfspace.encoders.product import WordPhotoPairs
from shelfspace.training.common_space import RIDGES, ranks_of, reciprocal_ranks, study_common

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
    study = study_common(pairs, dim=8)
    assert study.verdict is not None
    assert study.ridge in RIDGES
    listings, photos = made_up(100, seed=5)
    scores = study.common.of_photos(photos) @ study.common.of_words(listings).T
    _, groups = np.unique(list(listings.names), return_inverse=True)
    assert (ranks_of(scores, groups) < 5).mean() > 0.9
    again = study_common(pairs, dim=8)
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
