"""A photo with its strange places in red."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

Photo = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]

#: From nothing over yellow to red, the heat 1 being that of the strangest places of good ones.
_HEATS = np.array([0.5, 0.75, 1.0, 1.5])
_COLOURS = np.array([[255, 255, 120], [255, 220, 0], [255, 120, 0], [220, 0, 0]], np.float32)
_COVER = np.array([0.0, 0.2, 0.5, 0.65], np.float32)


def heat_map(photo: Photo, heat: Map) -> Photo:
    """The photo uint8 [h, w, 3] with `heat` [h', w'] laid over it; below 0.5 it stays as it is."""
    from PIL import Image

    size = (photo.shape[1], photo.shape[0])
    grown = np.asarray(Image.fromarray(heat.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
    colour = np.stack([np.interp(grown, _HEATS, _COLOURS[:, channel]) for channel in range(3)], axis=-1)
    cover = np.interp(grown, _HEATS, _COVER)[..., None]
    return np.asarray(photo * (1 - cover) + colour * cover + 0.5).astype(np.uint8)


def save_heat_map(path: Path, photo: Photo, heat: Map) -> None:
    """Write the photo and, beside it, the photo under its heat map as a PNG; the folder is made."""
    from PIL import Image

    gap = np.full((photo.shape[0], 4, 3), 255, np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate([photo, gap, heat_map(photo, heat)], axis=1)).save(path, format="PNG")


def place_of(heat: Map) -> tuple[float, float]:
    """Where the heat is highest: how far from the left and from the top, each in 0…1."""
    row, column = divmod(int(heat.argmax()), heat.shape[1])
    return (column + 0.5) / heat.shape[1], (row + 0.5) / heat.shape[0]
