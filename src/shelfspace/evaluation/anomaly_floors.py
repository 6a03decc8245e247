"""Floors of anomalies: distance to the nearest good one, in plain features; an isolation forest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.image.handmade import handmade_features
from shelfspace.evaluation.anomaly_folders import AnomalyFolder
from shelfspace.tasks.anomalies.memory import remember
from shelfspace.tasks.anomalies.nearest_photo import squares
from shelfspace.tasks.anomalies.patches import filter_patches
from shelfspace.tasks.anomalies.textures import evened

Photo = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
Scores = npt.NDArray[np.float64]

_SIDE = 96
_PIXELS = 32
_CHUNK = 512


def photo_floors(folder: AnomalyFolder, *, k: int = 1, seed: int = 0) -> dict[str, Scores]:
    """Scores [n] of the folder's photos, higher is stranger, by methods that learn nothing.

    The distance to the k nearest good photos in pixels and in edges with colours; the mean distance of the
    strangest hundredth of patches to a random memory of filtered patches; how large the photo is, which tells
    what the mere format of the photos gives away.
    """
    good, photos = squares(folder.good), squares(folder.photos)
    pixels = [part[:, :: _SIDE // _PIXELS, :: _SIDE // _PIXELS] for part in (good, photos)]
    flat = [np.asarray(part, np.float64).reshape(len(part), -1) / 255 for part in pixels]
    features = [np.asarray(handmade_features(part), np.float64) for part in (good, photos)]
    return {
        "knn_pixels": nearest_distance(flat[1], flat[0], k),
        "knn_edges_colours": nearest_distance(features[1], features[0], k),
        "filter_memory": _patch_distance(folder, seed),
        "photo_area": np.array([photo.shape[0] * photo.shape[1] for photo in folder.photos], np.float64),
    }


def nearest_distance(rows: Matrix, known: Matrix, k: int = 5) -> Scores:
    """The mean distance of each row [n, d] to its k nearest of `known` [m, d], fewer where m is smaller."""
    k = min(k, len(known))
    squares = np.einsum("nd,nd->n", known, known)
    parts = []
    for start in range(0, len(rows), _CHUNK):
        block = rows[start : start + _CHUNK]
        own = np.einsum("nd,nd->n", block, block)
        distance = np.sqrt(np.maximum(own[:, None] + squares - 2 * block @ known.T, 0))
        parts.append(np.partition(distance, k - 1, axis=1)[:, :k].mean(axis=1))
    return np.concatenate(parts) if parts else np.zeros(0)


def table_floors(train: Matrix, rows: Matrix, *, seed: int = 0) -> dict[str, Scores]:
    """Scores [n] of `rows` [n, d] by an isolation forest over `train`, higher is stranger."""
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(random_state=seed, n_jobs=1).fit(train)
    return {"isolation_forest": -forest.score_samples(rows)}


def row_floors(train: Matrix, rows: Matrix, *, seed: int = 0) -> dict[str, Scores]:
    """Scores [n] of `rows` [n, d] by plain methods that know `train` [m, d], higher is stranger.

    The distance to the nearest 5, an isolation forest, the local outlier factor, and `ecod`, the sum over
    columns of how rare a value so far out is (Li et al. 2022, by both tails of each column's ranks).
    """
    from sklearn.neighbors import LocalOutlierFactor

    local = LocalOutlierFactor(min(20, max(1, len(train) - 1)), novelty=True, n_jobs=1).fit(train)
    return {
        "knn_distance": nearest_distance(rows, train),
        **table_floors(train, rows, seed=seed),
        "local_outlier_factor": np.asarray(-local.score_samples(rows), np.float64),
        "ecod": _ecod(train, rows),
    }


def _ecod(train: Matrix, rows: Matrix) -> Scores:
    n, total = len(train), np.zeros(len(rows))
    for known, values in zip(np.sort(train, axis=0).T, rows.T, strict=True):
        below = (1 + np.searchsorted(known, values, side="right")) / (n + 1)
        above = (1 + n - np.searchsorted(known, values, side="left")) / (n + 1)
        total -= np.log(np.minimum(1, 2 * np.minimum(below, above)))
    return total


def _patch_distance(folder: AnomalyFolder, seed: int) -> Scores:
    memory = remember([filter_patches(evened(photo)).rows for photo in folder.good], seed=seed)
    strange = [memory.strangeness(filter_patches(evened(photo)).rows) for photo in folder.photos]
    return np.array([np.sort(part)[-max(1, len(part) // 100) :].mean() for part in strange], np.float64)
