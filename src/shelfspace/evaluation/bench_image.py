"""The benchmark of photos: classes told from them, and the nearest photo's class, beside plain methods."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.image.handmade import Float32
from shelfspace.encoders.image.parts import Network
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.few_photo_labels import with_few_labels
from shelfspace.evaluation.image_floors import image_floors
from shelfspace.evaluation.image_folders import Int64, read_image_folder
from shelfspace.evaluation.image_study import (
    ImageOptions,
    ImageStudy,
    classes_at,
    classifier_of,
    metric,
    study_folder,
    with_network,
)
from shelfspace.evaluation.network_probe import probed_features
from shelfspace.tasks.classify.linear import linear_accuracy
from shelfspace.tasks.classify.photos import PhotoClassifier
from shelfspace.tasks.match.study import Preset
from shelfspace.training.photos import PhotoRun
from shelfspace.views.image.corruptions import CORRUPTIONS, Corruption, corrupted

_SHAKEN = 500  # test photos that are corrupted to see what accuracy is left
_SEVERITY = 3
_KNN = 10
_KNN_TEMPERATURE = 0.1


def bench_image(
    folder: str | Path,
    *,
    seed: int = 0,
    preset: Preset = "balanced",
    options: ImageOptions | None = None,
) -> BenchResult:
    """`accuracy_<column>` and `knn_accuracy_<column>` for each class column, and `retrieval_recall@1`.

    Layouts are those of `read_image_folder`; where classes have no column's name (a folder a class) the
    figures are `accuracy` and `knn_accuracy`. A network learns by `options`; beside it stand edges, finer
    edges and colours. Weights, sights and shares are set on validation photos, which then join the training
    photos in the closed-form part; test photos are looked at once. Neighbours are those of the mixture's
    vectors among all training photos, ten that vote by nearness; `retrieval_recall@1` is the share of test
    photos whose nearest other test photo is of their class, by the main column, the one of most classes.
    `network_accuracy_…` and `network_knn_accuracy_…` are of the network alone: a linear probe and
    neighbours. With few labels the network learns by `learn_few_labels`, and validation photos join nothing;
    `labels_alone_accuracy_…` is the same with a network taught by the labels alone for as many views, and
    `heads_accuracy_…` and `labels_alone_heads_accuracy_…` those of either network's own opinion. `data` holds
    the accuracy left on corrupted photos.

    Raises `FeedError` where the folder is in none of the layouts, `OptionError` for options out of range.
    """
    told = options or ImageOptions()
    read = read_image_folder(folder, seed=seed)
    with measured() as cost:
        study = study_folder(read, told, seed)
        beside: Figures = {}
        if told.labels is None:
            study, run = with_network(study, told.recipe(preset, seed), taught=told.taught)
        else:
            study, run, beside = with_few_labels(study, told, preset, seed)
        rows = study.folder
        classifier = classifier_of(study, seed)
        metrics = {
            metric("accuracy", name): hit for name, hit in classifier.accuracy(study.split(rows.test)).items()
        }
        metrics |= _nearest(study, classifier)
        metrics |= _network_alone(study)
        metrics |= beside
    shaken = _robustness(study, classifier, seed)
    floors = _floors(study, seed)
    result = BenchResult(
        task="image",
        dataset=read.name,
        seed=seed,
        preset=preset,
        metrics=metrics,
        floors=floors,
        n_train=len(study.labelled()),
        labels=len(study.labelled()) / len(rows.train),
        data={**_told(study, run), **shaken},
    )
    return result.costing(cost)


def _vectors(study: ImageStudy, weights: dict[str, float]) -> Vectors:
    """The mixture's unit vectors of all photos: each part has its weight's share of the cosine."""
    total = sum(weights.values())
    parts = [np.sqrt(weight / total) * study.features[name] for name, weight in weights.items()]
    return np.asarray(np.hstack(parts), np.float32)


def _nearest(study: ImageStudy, classifier: PhotoClassifier) -> Figures:
    rows, gallery = study.folder, study.labelled()
    found: Figures = {}
    for name, chosen in classifier.chosen.items():
        vectors = _vectors(study, chosen.weights)
        votes = knn_classes(vectors[gallery], study.classes[name][gallery], vectors[rows.test])
        found[metric("knn_accuracy", name)] = _hits(votes, study.classes[name][rows.test])
    first = study.main
    vectors = _vectors(study, classifier.chosen[first].weights)[rows.test]
    found["retrieval_recall@1"] = recall_at_1(vectors, study.classes[first][rows.test])
    return found


def knn_classes(gallery: Float32, classes: Int64, queries: Float32) -> Int64:
    """The class that the ten nearest of `gallery` vote for, int64 `[n]`; the nearer, the more a vote counts.

    Wu et al. 2018, section 3.4, with exp(cosine / 0.1) as the weight. Rows without a class don't vote.
    """
    known = classes >= 0
    gallery, classes = gallery[known], classes[known]
    if not len(gallery):
        return np.full(len(queries), -1, np.int64)
    scores = queries @ gallery.T
    k = min(_KNN, len(gallery))
    nearest = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    weights = np.exp((np.take_along_axis(scores, nearest, axis=1) - 1) / _KNN_TEMPERATURE)
    votes = np.zeros((len(queries), int(classes.max()) + 1), np.float64)
    np.add.at(votes, (np.arange(len(queries))[:, None], classes[nearest]), weights)
    found: Int64 = votes.argmax(axis=1).astype(np.int64)
    return found


def recall_at_1(vectors: Float32, classes: Int64) -> float:
    """The share of rows whose nearest other row is of their class; rows of a class of their own count too."""
    known = classes >= 0
    scores = vectors[known] @ vectors[known].T
    np.fill_diagonal(scores, -np.inf)
    if len(scores) < 2:
        return 0.0
    return float((classes[known][scores.argmax(axis=1)] == classes[known]).mean())


def _hits(found: Int64, wanted: Int64) -> float:
    known = wanted >= 0
    return float((found == wanted)[known].mean()) if known.any() else 0.0


def _network_alone(study: ImageStudy) -> Figures:
    """The main column's linear probe and neighbours on the network's features, kept by place."""
    rows, name = study.folder, study.main
    classes, labelled = study.classes[name], study.labelled()
    probed, layout = probed_features(study), study.features["layout"]
    parts = [(probed[some], classes[some]) for some in (labelled, rows.valid, rows.test)]
    votes = knn_classes(layout[labelled], classes[labelled], layout[rows.test])
    return {
        metric("network_accuracy", name): linear_accuracy(parts[0], parts[1], parts[2]),
        metric("network_knn_accuracy", name): _hits(votes, classes[rows.test]),
    }


def _robustness(study: ImageStudy, classifier: PhotoClassifier, seed: int) -> Figures:
    """The accuracy of the main column on some test photos as they are, and corrupted in each way."""
    name, rows = study.main, study.folder.test
    some = np.sort(np.random.default_rng(seed).permutation(rows)[:_SHAKEN])
    found: Figures = {}
    pixels = np.ascontiguousarray(study.pixels[some])
    kinds: tuple[Corruption | None, ...] = (None, *CORRUPTIONS)
    for kind in kinds:
        shaken = pixels if kind is None else corrupted(pixels, kind, severity=_SEVERITY, seed=seed)
        split = replace(study.described(shaken), classes=classes_at(study.classes, some))
        found[f"accuracy_under_{kind or 'nothing'}"] = classifier.accuracy(split)[name]
    return found


def _floors(study: ImageStudy, seed: int) -> dict[str, Figures]:
    """The floors learn from all that the closed-form part does."""
    learned = study.labelled()
    if not study.few:
        learned = np.concatenate([learned, study.folder.valid])
    test = study.folder.test
    train, looked = (
        {name: study.parts[name].features(study.pixels[rows]) for name in ("edges", "colours")}
        for rows in (learned, test)
    )
    classes = classes_at(study.classes, learned), classes_at(study.classes, test)
    found = image_floors(train, looked, classes, seed)
    return {
        floor: {metric("accuracy", name): hit for name, hit in figures.items()}
        for floor, figures in found.items()
    }


def _told(study: ImageStudy, run: PhotoRun) -> Figures:
    rows = study.folder
    network = study.parts["network"]
    assert isinstance(network, Network)
    sight = network.sight
    last = run.history.epochs[-1] if run.history.epochs else None
    return {
        "train_photos": len(rows.train),
        "valid_photos": len(rows.valid),
        "test_photos": len(rows.test),
        "unread_photos": len(rows.paths) - len(rows.train) - len(rows.valid) - len(rows.test),
        "labelled_photos": len(study.labelled()),
        "photo_size": sight.size,
        "photo_zoom": sight.zoom,
        "photos_per_second": run.photos_per_second,
        "share_waiting": run.share_waiting,
        "effective_rank": last.effective_rank or 0.0 if last else 0.0,
        "spread": last.spread or 0.0 if last else 0.0,
    }
