"""Everything a benchmark of photos makes of a folder: pixels, a trained network, features, a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from shelfspace.data.images import read_photos
from shelfspace.encoders.image.handmade import Float32, Pixels
from shelfspace.encoders.image.network import Sight, network_features
from shelfspace.encoders.image.parts import Colours, Edges, FineEdges, Network, Part
from shelfspace.encoders.image.reduction import Reduction, fit_reduction
from shelfspace.errors import OptionError
from shelfspace.evaluation.image_folders import ImageFolder, Int64
from shelfspace.tasks.classify.calibrated import surprise
from shelfspace.tasks.classify.few_labels import FewLabelRecipe
from shelfspace.tasks.classify.photos import PhotoClassifier, Split, learn_classes
from shelfspace.tasks.match.study import Preset
from shelfspace.training.photo_learner import PhotoLearner
from shelfspace.training.photo_losses import LABELLED, Objective
from shelfspace.training.photos import PhotoLesson, PhotoRecipe, PhotoRun, learn_photos

#: Photos are read in this size and squeezed to a square: crops keep detail, and nothing is cut off.
SIZE = 128
_SIZES: dict[Preset, tuple[int, ...]] = {"fast": (48,), "balanced": (48, 64), "best": (48, 64, 80)}
_VIEWS: dict[Preset, int] = {"fast": 50_000, "balanced": 200_000, "best": 800_000}
_MIXING: dict[Preset, float] = {"fast": 0.0, "balanced": 0.0, "best": 0.3}
_LARGER, _ZOOMS = (0, 16, 32), (1.0, 0.85, 0.7)  # what validation chooses from to look at photos
_DIRECTIONS = 384
_GRID = 3
_TAUGHT = 128
_GUESSES_MIXED = 0.5  # guesses are wrong at times, and mixed photos let a network trust them less


@dataclass(frozen=True)
class ImageOptions:
    """How the benchmark "image" learns.

    `labels` is how many photos of each class of the main column have labels (None: all); then a network
    that learns from all photos by `objective` (SimCLR where that needs labels), from the labels and from its
    guesses stands against one taught by the labels alone, which sees as many photos. `label_noise` is the
    share of training labels that are made wrong. `taught` adds to an objective the closed-form features of
    each photo as something to tell. `views` replaces the preset's.

    Raises `OptionError` for figures out of range.
    """

    objective: Objective = "supervised"
    labels: int | None = None
    label_noise: float = 0.0
    taught: bool = False
    views: int | None = None

    def __post_init__(self) -> None:
        low = (self.labels is not None and self.labels < 1) or (self.views is not None and self.views < 1)
        if low or not 0 <= self.label_noise < 1:
            raise OptionError(
                f"{self.labels} labels a class, {self.label_noise} of them wrong, {self.views} views.",
                "There is a label and a view at least, and not all labels are wrong.",
                "Mend the figures.",
            )

    def recipe(self, preset: Preset, seed: int) -> PhotoRecipe:
        """How the network learns with a preset."""
        recipe = PhotoRecipe(
            self.objective,
            views=self.views or _VIEWS[preset],
            sizes=_SIZES[preset],
            mixing=_MIXING[preset],
            seed=seed,
        )
        # Labels are learned better in many small steps, contrast needs others in the batch.
        supervised = self.objective == "supervised"
        return replace(recipe, batch_size=32, learning_rate=2e-3) if supervised else recipe

    def few_labels(self, preset: Preset, seed: int) -> FewLabelRecipe:
        """How a network learns from all photos, the few labels and its guesses, these half as long again."""
        by_labels = replace(self, objective="supervised").recipe(preset, seed)
        alone = self.objective in LABELLED
        by_photos = replace(self, objective="simclr") if alone else self
        guesses = replace(by_labels, views=by_labels.views * 3 // 2, mixing=_GUESSES_MIXED)
        return FewLabelRecipe(by_photos.recipe(preset, seed), by_labels, guesses)


@dataclass(frozen=True)
class ImageStudy:
    """A folder with its photos' `pixels`, the closed-form parts, and their reduced features by part `[n, d]`.

    `classes` are the labels to learn from and to be measured by; rows of train without a label are −1 there.
    Validation photos join those that closed-form machines learn from, unless labels are `few`: they would be
    most of them then.
    """

    folder: ImageFolder
    pixels: Pixels
    classes: dict[str, Int64]
    parts: dict[str, Part]
    reductions: dict[str, Reduction]
    features: dict[str, Float32]
    opinions: dict[str, Float32] = field(default_factory=dict)
    learner: PhotoLearner | None = None
    few: bool = False

    @property
    def main(self) -> str:
        """The column of most classes, the hardest question."""
        return max(self.folder.names, key=lambda name: len(self.folder.names[name]))

    def split(self, rows: Int64) -> Split:
        """What is known of the photos at `rows`."""
        return Split(
            {name: part[rows] for name, part in self.features.items()},
            {name: of[rows] for name, of in self.classes.items()},
            {name: of[rows] for name, of in self.opinions.items()},
        )

    def labelled(self) -> Int64:
        """The rows of train that have a label of some kind."""
        some = np.any([self.classes[name][self.folder.train] >= 0 for name in self.classes], axis=0)
        return self.folder.train[some]

    def lesson(self, *, taught: bool = False) -> PhotoLesson:
        """The training photos with their labels, and their closed-form features as a teacher if `taught`."""
        lesson = PhotoLesson(self.pixels, self.classes).take(self.folder.train)
        return replace(lesson, teacher=_description(self)) if taught else lesson

    def described(self, pixels: Pixels) -> Split:
        """Features and opinions of other photos, uint8 `[n, s, s, 3]`, without classes."""
        features = {
            name: self.reductions[name].of(part.features(pixels)) for name, part in self.parts.items()
        }
        network = self.parts.get("network")
        if not isinstance(network, Network) or self.learner is None or not self.opinions:
            return Split(features)
        return Split(features, {}, opinions_of(self.learner, network.features(pixels)))


def study_folder(folder: ImageFolder, options: ImageOptions, seed: int) -> ImageStudy:
    """The study of a folder before any network: photos, labels as `options` leave them, closed forms."""
    photos = read_photos(folder.paths, size=SIZE, frame="stretch")
    found = [rows[photos.found[rows]] for rows in (folder.train, folder.valid, folder.test)]
    folder = replace(folder, train=found[0], valid=found[1], test=found[2])
    rng = np.random.default_rng(seed)
    classes = {name: of.copy() for name, of in folder.classes.items()}
    finest = max(folder.names, key=lambda name: len(folder.names[name]))
    if options.labels is not None:
        kept = _few(classes[finest], folder.train, options.labels, rng)
        for of in classes.values():
            of[np.setdiff1d(folder.train, kept)] = -1
    for name, of in classes.items():
        wrong = folder.train[rng.random(len(folder.train)) < options.label_noise]
        of[wrong] = np.where(of[wrong] >= 0, rng.integers(0, len(folder.names[name]), len(wrong)), -1)
    pixels = photos.pixels
    closed: list[Part] = [
        Edges(),
        Colours(),
        FineEdges(),
    ]
    study = ImageStudy(folder, pixels, classes, {}, {}, {}, few=options.labels is not None)
    for part in closed:
        study = with_part(study, part, seed)
    return study


def with_part(study: ImageStudy, part: Part, seed: int) -> ImageStudy:
    """The study with one more part, reduced to the directions in which the training photos differ."""
    raw = part.features(study.pixels)
    reduction = fit_reduction(raw[study.folder.train], _DIRECTIONS, seed=seed)
    return replace(
        study,
        parts={**study.parts, part.name: part},
        reductions={**study.reductions, part.name: reduction},
        features={**study.features, part.name: reduction.of(raw)},
    )


def with_network(
    study: ImageStudy, recipe: PhotoRecipe, *, taught: bool = False
) -> tuple[ImageStudy, PhotoRun]:
    """The study with a network learned from scratch by `recipe`, and how that went."""
    lesson = study.lesson(taught=taught)
    if recipe.objective == "supervised":
        lesson = lesson.take(np.flatnonzero(np.isin(study.folder.train, study.labelled())))
    run = learn_photos(lesson, recipe)
    return with_run(study, run, recipe), run


def with_run(study: ImageStudy, run: PhotoRun, recipe: PhotoRecipe) -> ImageStudy:
    """The study with the network of a run by `recipe`, looking at photos in the way validation likes best."""
    supervised = recipe.objective == "supervised"
    sight = _best_sight(study, run.learner, recipe) if supervised else Sight(recipe.sizes[-1])
    network = Network(run.network, sight)
    study = with_part(replace(study, learner=run.learner), network, recipe.seed)
    layout = Network(run.network, replace(sight, grid=_GRID), "layout")
    study = with_part(study, layout, recipe.seed)
    if supervised:
        study = replace(study, opinions=opinions_of(run.learner, network.features(study.pixels)))
    return study


def opinions_of(learner: PhotoLearner, features: Float32) -> dict[str, Float32]:
    """The class heads' probabilities float32 `[n, c]` by column, of network features `[n, d]`."""
    with torch.inference_mode():
        logits = learner.logits(torch.from_numpy(features))
        return {name: torch.softmax(found, dim=1).numpy() for name, found in logits.items()}


def _best_sight(study: ImageStudy, learner: PhotoLearner, recipe: PhotoRecipe) -> Sight:
    """The sight, of a few sizes from the last training size on, at which validation surprises heads least."""
    valid = study.folder.valid
    sights = [Sight(recipe.sizes[-1] + more, zoom) for more in _LARGER for zoom in _ZOOMS]

    def loss(sight: Sight) -> float:
        found = opinions_of(learner, network_features(learner.network, study.pixels[valid], sight))
        return sum(surprise(torch.from_numpy(p), study.classes[name][valid]) for name, p in found.items())

    return min(sights, key=loss)


def _description(study: ImageStudy) -> Float32:
    """The training photos' closed forms, their leading directions each of the same spread: [n, 128]."""
    train = study.folder.train
    both = np.hstack([study.features[name][train] for name in ("edges", "fine_edges", "colours")])
    reduction = fit_reduction(both, _TAUGHT)
    reduced = (both - reduction.mean) @ reduction.basis
    return np.asarray(reduced / np.maximum(reduced.std(axis=0), 1e-6), np.float32)


def _few(classes: Int64, train: Int64, each: int, rng: np.random.Generator) -> Int64:
    """`each` rows of train of every class, or as many as there are."""
    order = rng.permutation(train)
    kept = [order[classes[order] == one][:each] for one in np.unique(classes[train]) if one >= 0]
    return np.sort(np.concatenate(kept)) if kept else np.empty(0, np.int64)


def classifier_of(study: ImageStudy, seed: int) -> PhotoClassifier:
    """What tells the classes from all parts and opinions, set on validation photos."""
    train, valid = study.split(study.labelled()), study.split(study.folder.valid)
    return learn_classes(train, valid, refit=not study.few, seed=seed)


def metric(figure: str, column: str) -> str:
    """The key of a column's figure; a column without a name, that of a folder a class, needs none."""
    return f"{figure}_{column}" if column else figure


def classes_at(classes: Mapping[str, Int64], rows: Int64) -> dict[str, Int64]:
    """The classes of the rows, by column."""
    return {name: of[rows] for name, of in classes.items()}
