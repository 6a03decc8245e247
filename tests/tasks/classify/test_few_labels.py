import numpy as np
import pytest
import torch

from shelfspace.encoders.image.network import Sight, network_features
from shelfspace.errors import OptionError
from shelfspace.tasks.classify.few_labels import FewLabelRecipe, guessed, learn_few_labels
from shelfspace.training.photos import PhotoLesson, PhotoRecipe, learn_photos


def recipe(objective="supervised", **options):
    return PhotoRecipe(objective, **{"views": 2048, "sizes": (24,), "batch_size": 32, "epochs": 2, **options})


RECIPE = FewLabelRecipe(recipe("simclr"), recipe(views=1024), recipe(mixing=0.3))


def told(run, pixels):
    features = torch.from_numpy(network_features(run.network, pixels, Sight(24)))
    with torch.inference_mode():
        return run.learner.logits(features)["thing"].argmax(1).numpy()


def test_two_labels_a_thing_tell_planted_photos(planted_photos):
    pixels, classes = planted_photos
    few = np.where(np.arange(240) < 8, classes, -1)
    run = learn_few_labels(PhotoLesson(pixels, {"thing": few}), RECIPE)
    assert (told(run, pixels) == classes).mean() > 0.9
    assert RECIPE.views == 2048 + 1024 + 2048


def test_guesses_keep_labels_and_add_up(planted_photos):
    pixels, classes = planted_photos
    few = np.where(np.arange(240) < 40, classes, -1)
    lesson = PhotoLesson(pixels, {"thing": few})
    run = learn_photos(lesson.take(np.arange(40)), recipe())
    guesses = guessed(run.learner, lesson, Sight(24))["thing"]
    assert guesses.shape == (240, 4)
    assert (guesses[:40].argmax(1) == classes[:40]).all()
    np.testing.assert_allclose(guesses.sum(axis=1), 1, atol=1e-5)


def test_without_labels_or_photos_it_is_refused(planted_photos):
    pixels, _ = planted_photos
    unknown = {"thing": np.full(240, -1)}
    with pytest.raises(OptionError, match="without labels"):
        learn_few_labels(PhotoLesson(pixels, unknown), RECIPE)
    with pytest.raises(OptionError, match="0 photos"):
        learn_few_labels(PhotoLesson(pixels[:0], {"thing": np.empty(0, np.int64)}), RECIPE)
