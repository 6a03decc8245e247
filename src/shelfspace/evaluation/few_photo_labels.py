"""Few labels of photos: a network that learned from all photos beside one taught by the labels alone."""

from __future__ import annotations

from dataclasses import replace

import torch

from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.image_study import (
    ImageOptions,
    ImageStudy,
    classes_at,
    classifier_of,
    metric,
    with_network,
    with_run,
)
from shelfspace.tasks.classify.few_labels import learn_few_labels
from shelfspace.tasks.classify.photos import hit_rate
from shelfspace.tasks.match.study import Preset
from shelfspace.training.photos import PhotoRun


def with_few_labels(
    study: ImageStudy, options: ImageOptions, preset: Preset, seed: int
) -> tuple[ImageStudy, PhotoRun, Figures]:
    """The study with a network that learned by `learn_few_labels`, its run, and what stands beside on test.

    That is the accuracy of its heads, and of all that a network makes which learned from the labels alone,
    looking at as many photos: with the closed forms, and its heads by themselves.
    """
    recipe = options.few_labels(preset, seed)
    by_labels = replace(recipe.labels, views=recipe.views)
    alone, _ = with_network(study, by_labels)
    test = study.folder.test
    found = classifier_of(alone, seed).accuracy(alone.split(test))
    beside = {metric("labels_alone_accuracy", name): hit for name, hit in found.items()}
    beside |= _of_heads(alone, "labels_alone_heads_accuracy")
    run = learn_few_labels(study.lesson(taught=options.taught), recipe)
    study = with_run(study, run, recipe.guesses)
    return study, run, beside | _of_heads(study, "heads_accuracy")


def _of_heads(study: ImageStudy, figure: str) -> Figures:
    """The accuracy on test of what the network's heads think, by column."""
    wanted = classes_at(study.classes, study.folder.test)
    told = study.split(study.folder.test).opinions
    return {metric(figure, name): hit_rate(torch.from_numpy(of), wanted[name]) for name, of in told.items()}
