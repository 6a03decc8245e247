"""Classes of photos from a few labels: learn from all photos, then from the labels, then from guesses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from shelfspace.encoders.image.handmade import Float32
from shelfspace.encoders.image.network import Sight, network_features
from shelfspace.encoders.image.reduction import fit_reduction
from shelfspace.tasks.classify.propagated import propagated
from shelfspace.training.photo_learner import PhotoLearner
from shelfspace.training.photos import PhotoLesson, PhotoRecipe, PhotoRun, learn_photos

_DIRECTIONS = 128  # in which neighbours are sought


@dataclass(frozen=True)
class FewLabelRecipe:
    """How a network learns in turn: `photos` by an objective without labels, `labels` and `guesses` by them.

    The three steps of Chen et al. 2020 (SimCLRv2): learn from all photos, tune with the labels, and teach all
    photos what the tuned network thinks of them.

    Differs from the paper: what it thinks is spread over the neighbours of each photo first, since a shop's
    photos come in series of similar ones, and the network goes on instead of teaching another one.
    """

    photos: PhotoRecipe
    labels: PhotoRecipe
    guesses: PhotoRecipe

    @property
    def views(self) -> int:
        """How many photos the three steps see."""
        return self.photos.views + self.labels.views + self.guesses.views


def learn_few_labels(lesson: PhotoLesson, recipe: FewLabelRecipe) -> PhotoRun:
    """The run of the last step, its network taught by all photos and the few labels of `lesson`.

    Raises `OptionError` where the lesson has no photo or no label.
    """
    pretrained = learn_photos(lesson, recipe.photos, label="Learning from photos")
    some = np.any([of >= 0 for of in lesson.classes.values()], axis=0)
    labelled = lesson.take(np.flatnonzero(some))
    tuned = learn_photos(labelled, recipe.labels, start=pretrained.network, label="Learning from labels")
    guesses = guessed(tuned.learner, lesson, Sight(recipe.labels.sizes[-1]))
    lesson = replace(lesson, guesses=guesses)
    return learn_photos(lesson, recipe.guesses, start=tuned.network, label="Learning from guesses")


def guessed(learner: PhotoLearner, lesson: PhotoLesson, sight: Sight) -> dict[str, Float32]:
    """Probabilities float32 `[n, c]` of the lesson's photos by column: the heads' opinions, propagated."""
    features = network_features(learner.network, np.asarray(lesson.pixels), sight)
    near = fit_reduction(features, _DIRECTIONS).of(features)
    with torch.inference_mode():
        logits = learner.logits(torch.from_numpy(features))
        opinions = {name: torch.softmax(of, dim=1).numpy() for name, of in logits.items()}
    return {name: propagated(near, lesson.classes[name], of) for name, of in opinions.items()}
