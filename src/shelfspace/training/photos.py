"""Teach an image network: from labels of several kinds at once, or from two looks at each photo."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from shelfspace.encoders.image.handmade import Float32
from shelfspace.encoders.image.network import ImageNetwork, NetworkShape
from shelfspace.encoders.transformer import in_bfloat16
from shelfspace.errors import OptionError
from shelfspace.training.fit import Probe, fit_encoder
from shelfspace.training.history import History
from shelfspace.training.photo_batches import Int64, PhotoBatches
from shelfspace.training.photo_learner import PhotoLearner
from shelfspace.training.photo_losses import LABELLED, OBJECTIVES, PARTS, Known, Objective, photo_loss
from shelfspace.training.photo_options import PhotoOptions
from shelfspace.training.plan import Plan
from shelfspace.views.image.normalised import Pixels, normalised
from shelfspace.views.image.photo_looks import PhotoLooks

_PROBED = 256  # photos whose vectors say whether the space has collapsed
_SUPERVISED_LOOKS = PhotoLooks(area=(0.3, 1.0), blur=0.0)
_CONTRAST_LOOKS = PhotoLooks(area=(0.4, 1.0), brightness=0.25, contrast=0.25, saturation=0.2)


@dataclass(frozen=True)
class PhotoLesson:
    """Photos uint8 `[n, s, s, 3]`, and their classes: numbers int64 `[n]` by column, −1 unknown.

    `teacher` are vectors of the photos, float32 `[n, d]`, that the network is to tell as well: of a larger
    model, or of features in closed form. `domains` are numbers int64 `[n]` of where photos are from, −1
    unknown, for the option that brings domains together. `guesses` are probabilities float32 `[n, c]` by
    column, which supervised learning takes for the classes that are not known.
    """

    pixels: Pixels
    classes: Mapping[str, Int64] = field(default_factory=dict)
    teacher: Float32 | None = None
    domains: Int64 | None = None
    guesses: Mapping[str, Float32] = field(default_factory=dict)

    def take(self, rows: Int64) -> PhotoLesson:
        """The lesson of the photos at `rows`."""
        classes = {name: of[rows] for name, of in self.classes.items()}
        teacher = None if self.teacher is None else self.teacher[rows]
        domains = None if self.domains is None else self.domains[rows]
        guesses = {name: of[rows] for name, of in self.guesses.items()}
        return PhotoLesson(self.pixels[rows], classes, teacher, domains, guesses)

    def counts(self) -> dict[str, int]:
        """How many classes each column has."""
        return {name: int(of.max(initial=0)) + 1 for name, of in self.classes.items()}

    def n_domains(self) -> int:
        """How many domains there are to tell apart; 0 where they are not known to be two at least."""
        known = np.empty(0, np.int64) if self.domains is None else self.domains[self.domains >= 0]
        return int(known.max()) + 1 if len(np.unique(known)) > 1 else 0


@dataclass(frozen=True)
class PhotoRecipe:
    """By what, how long and at which sizes a network learns.

    `views` is how many photos it sees, each time a look at one counted once, `sizes` the sides in pixels of
    looks in the course of training, `mixing` the share of batches with mixed labels (supervised learning
    only), `teaching` the weight of the teacher's vectors, where the lesson has them, beside the objective.
    `options` are terms that join any objective, all off by default.
    """

    objective: Objective = "supervised"
    views: int = 200_000
    sizes: tuple[int, ...] = (48, 64)
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    mixing: float = 0.0
    teaching: float = 1.0
    looks: PhotoLooks | None = None
    options: PhotoOptions = field(default_factory=PhotoOptions)
    epochs: int = 20
    seed: int = 0

    def plan(self) -> Plan:
        """The fit loop's plan of it."""
        n_looks = 1 if self.objective == "supervised" else 2
        steps = max(1, self.views // (self.batch_size * n_looks * self.epochs))
        halved = in_bfloat16("cpu", "auto")
        return Plan(
            epochs=self.epochs,
            steps_per_epoch=steps,
            learning_rate=self.learning_rate,
            warmup=0.05,
            weight_decay=self.weight_decay,
            clip_norm=2.0,
            seed=self.seed,
            precision="bfloat16" if halved else "float32",
        )


@dataclass(frozen=True)
class PhotoRun:
    """What was learned, how it went, photos a second, and the share of time spent waiting for them."""

    learner: PhotoLearner
    history: History
    photos_per_second: float
    share_waiting: float

    @property
    def network(self) -> ImageNetwork:
        """The network without its heads."""
        return self.learner.network


def learn_photos(
    lesson: PhotoLesson,
    recipe: PhotoRecipe,
    *,
    start: ImageNetwork | NetworkShape | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    label: str = "Learning photos",
) -> PhotoRun:
    """A network trained on `lesson` by `recipe`, from scratch or from `start`, a network that is moved.

    A collapsed space ends the run early, with a note in the history. Raises `OptionError` where there is no
    photo or, for an objective or option that learns from labels or domains, none of them. Where all domains
    are unknown, or one, there is nothing to bring together, and that option does nothing. `checkpoint` and
    `resume` are those of `fit_encoder`.
    """
    _check(lesson, recipe)
    plan, parts, options = recipe.plan(), PARTS[recipe.objective], recipe.options
    supervised = recipe.objective == "supervised"
    taught = 0 if lesson.teacher is None else lesson.teacher.shape[1]
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        network = start if isinstance(start, ImageNetwork) else ImageNetwork(start)
        learner = PhotoLearner(
            network,
            lesson.counts() if supervised else {},
            taught=taught,
            decoded=options.reconstruction > 0,
            domains=lesson.n_domains() if options.domains == "adversarial" else 0,
            **vars(parts),
        )
    looks = recipe.looks or (_SUPERVISED_LOOKS if supervised else _CONTRAST_LOOKS)
    if options.background:
        looks = replace(looks, background=options.background)
    batches = PhotoBatches(
        lesson.pixels,
        looks,
        steps=plan.steps_per_epoch or 1,
        epochs=plan.epochs,
        batch_size=recipe.batch_size,
        n_looks=1 if supervised else 2,
        sizes=recipe.sizes,
        mixing=recipe.mixing if supervised else 0.0,
    )
    began = time.perf_counter()
    history = fit_encoder(
        learner,
        batches,
        photo_loss(recipe.objective, _known(lesson), teaching=recipe.teaching, options=options),
        plan=plan,
        probe=_probe(lesson, recipe),
        checkpoint=checkpoint,
        resume=resume,
        label=label,
    )
    seconds = max(time.perf_counter() - began, 1e-9)
    learner.eval()
    seen, waited = batches.waiting.photos * batches.n_looks, batches.waiting.waited_seconds
    history = replace(
        history,
        notes=(*history.notes, f"{seen / seconds:,.0f} photos a second, {waited / seconds:.1%} waiting."),
    )
    return PhotoRun(learner, history, seen / seconds, waited / seconds)


def _known(lesson: PhotoLesson) -> Known:
    labels = {name: torch.from_numpy(np.asarray(of, np.int64)) for name, of in lesson.classes.items()}
    teacher = None if lesson.teacher is None else torch.from_numpy(lesson.teacher)
    several = lesson.domains is not None and lesson.n_domains() > 1
    domains = torch.from_numpy(np.asarray(lesson.domains, np.int64)) if several else None
    guesses = {name: torch.from_numpy(of) for name, of in lesson.guesses.items()}
    return Known(labels, guesses, teacher, domains)


def _probe(lesson: PhotoLesson, recipe: PhotoRecipe) -> Probe:
    rows = np.random.default_rng(0).permutation(len(lesson.pixels))[:_PROBED]
    photos = normalised(np.ascontiguousarray(lesson.pixels[np.sort(rows)]), recipe.sizes[0])

    def probe(module: nn.Module) -> Tensor:
        assert isinstance(module, PhotoLearner)
        features: Tensor = module.network(photos)
        return features

    return probe


def _check(lesson: PhotoLesson, recipe: PhotoRecipe) -> None:
    if recipe.objective not in OBJECTIVES:
        raise OptionError(
            f"The objective {recipe.objective!r} was asked for.",
            f"The objectives are {', '.join(OBJECTIVES)}.",
            "Choose one of them.",
        )
    labelled = any((of >= 0).any() for of in lesson.classes.values())
    if not len(lesson.pixels) or (recipe.objective in LABELLED and not labelled):
        raise OptionError(
            f"The objective {recipe.objective} was to learn from {len(lesson.pixels)} photos"
            f"{' with' if labelled else ' without'} labels.",
            "It needs photos, and a supervised one labels.",
            "Give some, or learn from two looks: simclr, moco, byol.",
        )
    if recipe.options.wrong_labels and recipe.objective != "supervised":
        raise OptionError(
            f"wrong_labels is {recipe.options.wrong_labels!r}, the objective {recipe.objective}.",
            "It replaces the cross-entropy of supervised learning, which other objectives have none of.",
            "Leave it out, or learn by supervised.",
        )
    if recipe.options.domains and lesson.domains is None:
        raise OptionError(
            f"domains is {recipe.options.domains!r}, and the lesson has no domains.",
            "A number says of each photo where it is from, or -1.",
            "Give PhotoLesson domains, or leave the option out.",
        )
