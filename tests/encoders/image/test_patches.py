import numpy as np
import pytest

from shelfspace.encoders.image.patches import fit_patches
from shelfspace.errors import OptionError


@pytest.fixture(scope="module")
def dictionary(planted_photos):
    return fit_patches(planted_photos[0], k=24, size=20)


def nearest_is_right(features, classes):
    scores = features @ features.T
    np.fill_diagonal(scores, -1)
    return (classes[scores.argmax(1)] == classes).mean()


def test_words_tell_planted_things(dictionary, planted_photos):
    features = dictionary.features(planted_photos[0])
    assert features.shape == (240, dictionary.dim) == (240, 24 * 9)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-5)
    assert nearest_is_right(features, planted_photos[1]) > 0.6  # chance is a quarter


def test_the_same_seed_gives_the_same_words(dictionary, planted_photos):
    again = fit_patches(planted_photos[0], k=24, size=20)
    assert (again.words == dictionary.words).all()
    assert not (fit_patches(planted_photos[0], k=24, size=20, seed=1).words == dictionary.words).all()


def test_whitened_patches_have_no_leading_direction(dictionary):
    assert np.isfinite(dictionary.zca).all()
    np.testing.assert_allclose(dictionary.zca, dictionary.zca.T, atol=1e-4)


def test_degenerate_photos(dictionary):
    assert dictionary.features(np.zeros((0, 20, 20, 3), np.uint8)).shape == (0, 24 * 9)
    flat = np.full((2, 9, 9, 3), 77, np.uint8)
    assert np.isfinite(dictionary.features(flat)).all()
    assert np.isfinite(fit_patches(flat, k=5, size=8).features(flat)).all()


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(OptionError, match="patches"):
        fit_patches(np.zeros((0, 20, 20, 3), np.uint8))
    with pytest.raises(OptionError, match="patches"):
        fit_patches(np.zeros((1, 20, 20, 3), np.uint8), size=7)
