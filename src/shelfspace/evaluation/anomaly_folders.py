"""Benchmark folders of anomalies: photos of good and damaged things, or a table with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.errors import FeedError
from shelfspace.tasks.anomalies.whole_photos import photo_files, read_whole

Photo = npt.NDArray[np.uint8]
GOOD = "good"


@dataclass(frozen=True)
class AnomalyFolder:
    """Good photos to learn from, and photos to judge by the name of their `kinds` ("good" or a defect).

    `dropped` counts the photos that could not be read.
    """

    name: str
    good: list[Photo]
    photos: list[Photo]
    kinds: npt.NDArray[np.str_]
    dropped: int


@dataclass(frozen=True)
class AnomalyTable:
    """Rows `X` float64 [n, d] with labels `y` [n], 1 for an anomaly."""

    name: str
    X: npt.NDArray[np.float64]
    y: npt.NDArray[np.int64]


def read_anomaly_folder(folder: str | Path, size: int) -> AnomalyFolder:
    """The photos of `train/good`, `test/good` and `test/<defect>`, read as `decode_whole` gives them.

    Raises `FeedError` where one of the first two has no photo, or there is no defect.
    """
    root = Path(folder)
    tests = sorted(path for path in (root / "test").glob("*") if path.is_dir())
    good, bad_train = read_whole(photo_files(root / "train" / GOOD), size)
    photos: list[Photo] = []
    kinds: list[str] = []
    dropped = len(bad_train)
    for path in tests:
        found, refused = read_whole(photo_files(path), size)
        photos += [photo for photo in found if photo is not None]
        kinds += [path.name] * (len(found) - len(refused))
        dropped += len(refused)
    usable = [photo for photo in good if photo is not None]
    if not usable or GOOD not in kinds or set(kinds) == {GOOD}:
        raise FeedError(
            f"{root} has {len(usable)} photos in train/good and, in test, {_counted(kinds)}.",
            "A benchmark of anomalies has photos in train/good, test/good and test/NAME for each defect, or "
            "is an .npz file with X and y.",
            "Pass such a folder.",
        )
    return AnomalyFolder(root.resolve().name, usable, photos, np.array(kinds), dropped)


def table_files(place: str | Path) -> list[Path]:
    """The .npz file itself, or those of a folder in order; none where it has none."""
    path = Path(place)
    return [path] if path.suffix == ".npz" else sorted(path.glob("*.npz"))


def read_anomaly_table(path: str | Path) -> AnomalyTable:
    """The table of an .npz file with X and y; missing values become the column's mean.

    Raises `FeedError` for a file without them, of other shapes, or without both labels.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            X, y = np.asarray(arrays["X"], np.float64), np.asarray(arrays["y"]).reshape(-1) == 1
    except (OSError, ValueError, KeyError) as error:
        raise FeedError(
            f"{path} cannot be read as a table of anomalies.",
            "It is an .npz file with X [n, d] and y [n].",
            "Save it so.",
        ) from error
    if X.ndim != 2 or len(X) != len(y) or not y.any() or y.all():
        raise FeedError(
            f"{path} has X {X.shape} and {int(y.sum())} anomalies among {len(y)} labels.",
            "X is [n, d], y [n] with 1 for some and 0 for others.",
            "Mend the file.",
        )
    known = np.isfinite(X)
    means = np.where(known, X, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return AnomalyTable(path.stem, np.where(known, X, means), y.astype(np.int64))


def _counted(kinds: Sequence[str]) -> str:
    counts = [f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))]
    return ", ".join(counts) or "nothing"
