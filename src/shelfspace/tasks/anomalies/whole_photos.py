"""Folders of photos, each read in its own proportions, the unreadable ones named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.images import decode_whole
from shelfspace.errors import FeedError, PhotoError
from shelfspace.progress import progress

Photo = npt.NDArray[np.uint8]

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif")


def photo_files(folder: str | Path) -> list[Path]:
    """The image files of a folder and the folders in it, by their ending, sorted by path.

    Raises `FeedError` where there is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FeedError(f"There is no folder {root}.", "Photos lie in a folder.", "Mend the path.")
    return sorted(path for path in root.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())


def read_whole(
    paths: Sequence[Path], size: int, label: str = "Reading photos"
) -> tuple[list[Photo | None], dict[int, str]]:
    """Each photo as `decode_whole` gives it, None where it cannot be read, and the reasons by place."""
    photos: list[Photo | None] = []
    reasons: dict[int, str] = {}
    with progress(label, len(paths)) as advance:
        for row, path in enumerate(paths):
            try:
                photos.append(decode_whole(path, size))
            except PhotoError as error:
                photos.append(None)
                reasons[row] = error.reason
            advance()
    return photos, reasons
