"""The benchmark of text and photo in one space: a photo's title found among all, and a title's photo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product import WordPhotoPairs
from shelfspace.encoders.product.common_space import unit
from shelfspace.errors import FeedError
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.crossmodal_folders import CrossmodalFolder, read_crossmodal_folder
from shelfspace.evaluation.metrics import recall_at_k
from shelfspace.objectives.local_scaling import local_scaling
from shelfspace.tasks.match.study import STEPS, Preset
from shelfspace.training.closed_photos import SIZE, closed_photo_encoder
from shelfspace.training.common_space import EPOCHS, ranks_of, study_common

Scores = npt.NDArray[np.floating[Any]]

DEPTHS = (1, 5, 10)
_FLOOR_WIDTH = 300  # principal directions of either side of the floor
_FLOOR_DIM = 128


def bench_crossmodal(folder: str | Path, *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """`recall@k` of test photos' titles and test titles' photos, in a space learned from the training pairs.

    `photo_to_title_recall@k` and `title_to_photo_recall@k` are of each way and `recall@k` the lower of the
    two, by the cosine alone. A hit is a photo or a title of the same title. `rival_aware_recall@k` is the
    lower of both ways where each score is held against those of its rivals (`local_scaling`), which needs all
    test photos and titles at once, though nothing of who belongs to whom. The floor is the same closed form
    that anyone would try first: canonical correlation of HOG and colour histograms with the titles' TF-IDF.

    The ridge of the space, and whether contrast on top of it helps (the preset "fast" does without), are
    chosen on training pairs; test pairs are looked at once. Titles are all that is
    read beside the photos. Raises `FeedError` where the folder cannot be read.
    """
    with measured() as cost:
        read = read_crossmodal_folder(folder, seed=seed, size=SIZE)
        photos, titles = _learned(read, seed, EPOCHS if STEPS[preset] else 0)
    return BenchResult(
        task="crossmodal",
        dataset=read.name,
        seed=seed,
        preset=preset,
        metrics=figures_of(photos @ titles.T, _groups(read)),
        floors={"hog_colour_correlation": figures_of(_floor(read, seed), _groups(read))},
        n_train=len(read.train),
        data={"test_products": len(read.test), "dropped_products": read.dropped},
    ).costing(cost)


def figures_of(scores: Scores, groups: npt.NDArray[np.int64]) -> Figures:
    """The figures of scores `[n, n]`, photos by titles; row and column of one group belong together."""
    forth, back = ranks_of(scores, groups), ranks_of(scores.T, groups)
    aware = local_scaling(scores)
    rivals = ranks_of(aware, groups), ranks_of(aware.T, groups)
    both = {k: (recall_at_k(forth, k), recall_at_k(back, k)) for k in DEPTHS}
    return {
        **{f"recall@{k}": min(both[k]) for k in DEPTHS},
        **{f"photo_to_title_recall@{k}": both[k][0] for k in DEPTHS},
        **{f"title_to_photo_recall@{k}": both[k][1] for k in DEPTHS},
        **{f"rival_aware_recall@{k}": min(recall_at_k(ranks, k) for ranks in rivals) for k in DEPTHS},
    }


def _learned(
    read: CrossmodalFolder, seed: int, epochs: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The vectors of the test photos and of the test titles."""
    train = read.listings.take(read.train)
    assert train.photos is not None
    encoder = closed_photo_encoder(train.photos, seed=seed)
    pairs = WordPhotoPairs.of(train, encoder.encode(Listings.of_photos(train.photos)), seed=seed)
    if pairs is None:
        raise FeedError(
            f"The {len(train)} titles to train on share no words.",
            "A word is learned from several products.",
            "Give more products.",
        )
    common = study_common(pairs, epochs=epochs, seed=seed).common
    test = read.listings.take(read.test)
    assert test.photos is not None
    seen = encoder.encode(Listings.of_photos(test.photos))
    return common.of_photos(seen), common.of_words(test.without_photos())


def _floor(read: CrossmodalFolder, seed: int) -> Scores:
    """Canonical correlation as it comes, of hand-made features and TF-IDF, both on principal directions."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    from shelfspace.encoders.image.handmade import handmade_features
    from shelfspace.objectives.spectral import canonical_correlation

    seen = handmade_features(read.photos.pixels)
    words = TfidfVectorizer(token_pattern=r"\w+").fit(read.listings.names[row] for row in read.train)
    said = words.transform(read.listings.names)
    sides = []
    for rows in (seen - seen[read.train].mean(axis=0), said):
        width = min(_FLOOR_WIDTH, len(read.train) - 1, rows.shape[1] - 1)
        sides.append(TruncatedSVD(width, random_state=seed).fit(rows[read.train]).transform(rows))
    dim = min(_FLOOR_DIM, *(side.shape[1] for side in sides))
    found = canonical_correlation(sides[0][read.train], sides[1][read.train], dim)
    left, right = found.left(sides[0][read.test]), found.right(sides[1][read.test])
    return np.asarray(unit(left * found.correlations) @ unit(right * found.correlations).T)


def _groups(read: CrossmodalFolder) -> npt.NDArray[np.int64]:
    names = [read.listings.names[row] for row in read.test.tolist()]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)
