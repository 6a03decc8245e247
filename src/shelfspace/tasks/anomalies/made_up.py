"""Made-up defects painted on good photos: a detector learns from them and is chosen by them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Photo = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]

#: What can be painted: named after what it looks like, not after any data set's defects.
KINDS = ("pit", "spot", "scratch", "stain", "shade", "swap", "blur", "roughen")


class MadeUp(NamedTuple):
    """A photo with one made-up defect: `pixels` uint8 [h, w, 3], `where` in 0…1 [h, w], and its kind."""

    pixels: Photo
    where: Map
    kind: str


def make_up(photo: Photo, rng: np.random.Generator, kind: str | None = None) -> MadeUp:
    """`photo` uint8 [h, w, 3] with a defect of `kind`, one of `KINDS`, by default a random one.

    Sizes, places and contrasts are drawn from wide ranges; contrasts are multiples of how much the photo
    varies anyway, so that a calm surface gets faint defects and a busy one strong ones. Some can hardly be
    seen: no detector finds all. A photo of less than 16 pixels a side is too small for most kinds.
    """
    kind = kind or str(rng.choice(KINDS))
    h, w = photo.shape[:2]
    values = photo.astype(np.float32)
    spread = float(np.clip(_local_spread(values), 4.0, 40.0))
    where = _region(kind, h, w, rng)
    if kind in ("pit", "spot", "scratch", "stain"):
        shift = rng.uniform(2.0, 7.0 if kind == "pit" else 5.0) * spread * _tint(photo, rng)
        changed = values + rng.choice([-1.0, -1.0, 1.0]) * shift
        if kind == "pit":  # an edge that catches the light
            rim = np.clip(ndimage.gaussian_filter(where, 1.5) * 2 - where * 1.5, 0, 1)[:, :, None]
            values = values + rim * rng.uniform(0, 1) * spread
    elif kind == "shade":
        changed = values * np.exp(rng.choice([-1, 1]) * rng.uniform(0.15, 0.6))
    elif kind == "swap":
        changed = _moved(values, rng)
    else:
        changed = _worn(values, kind, spread, rng)
    mixed = values + where[:, :, None] * (changed - values)
    return MadeUp(np.clip(mixed + 0.5, 0, 255).astype(np.uint8), where, kind)


def _worn(
    values: npt.NDArray[np.float32], kind: str, spread: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """The photo with its texture smoothed or roughened, half of the time darker or lighter too."""
    if kind == "blur":
        width = rng.uniform(1.5, 4.0)
        changed = ndimage.gaussian_filter(values, (width, width, 0))
    else:
        grain = ndimage.gaussian_filter(rng.standard_normal(values.shape[:2]), rng.uniform(0.3, 1.5))
        changed = values + (grain / grain.std() * rng.uniform(0.8, 2.5) * spread)[:, :, None]
    light = np.exp(rng.uniform(-0.5, 0.5)) if rng.random() < 0.5 else 1.0
    return np.asarray(changed * light, np.float32)


def _local_spread(values: npt.NDArray[np.float32]) -> float:
    """How much grey values vary within a few pixels, at the median place."""
    grey = values.mean(axis=2)
    mean = ndimage.uniform_filter(grey, 15)
    variance = ndimage.uniform_filter(grey * grey, 15) - mean * mean
    return float(np.sqrt(np.maximum(np.median(variance), 0)))


def _tint(photo: Photo, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """How much each channel takes part: alike on grey photos and half of the time on others."""
    grey = bool((photo[..., 0] == photo[..., 1]).all() and (photo[..., 1] == photo[..., 2]).all())
    return np.ones(3) if grey or rng.random() < 0.5 else rng.uniform(-0.3, 1.3, 3)


def _region(kind: str, h: int, w: int, rng: np.random.Generator) -> Map:
    side = np.sqrt(h * w)
    if kind == "scratch":
        return _scratch(h, w, side, rng)
    if kind == "shade" or (kind in ("blur", "roughen", "stain", "swap") and rng.random() < 0.6):
        return _cloud(h, w, side, rng) if rng.random() < 0.6 else _part(h, w, side, rng)
    smallest, largest = {"pit": (1.2, 0.02 * side), "spot": (2.5, 0.06 * side)}.get(
        kind, (0.03 * side, 0.15 * side)
    )
    radius = float(np.exp(rng.uniform(np.log(smallest), np.log(max(largest, smallest * 1.5)))))
    return _blob(h, w, radius, rng)


def _blob(h: int, w: int, radius: float, rng: np.random.Generator) -> Map:
    """One filled shape with a wavy, somewhat soft edge."""
    y, x = np.mgrid[:h, :w].astype(np.float32)
    dy, dx = y - rng.uniform(0, h), x - rng.uniform(0, w)
    turn, stretch = rng.uniform(0, np.pi), np.exp(rng.uniform(-0.6, 0.6))
    u = (np.cos(turn) * dx + np.sin(turn) * dy) * stretch
    v = (np.cos(turn) * dy - np.sin(turn) * dx) / stretch
    angle = np.arctan2(v, u)
    edge = sum(rng.normal(0, 0.12) * np.cos(n * angle + rng.uniform(0, 2 * np.pi)) for n in range(2, 6))
    distance = np.hypot(u, v) - radius * np.maximum(1 + edge, 0.3)
    softness = max(0.5, radius * rng.uniform(0.05, 0.5))
    return np.asarray(np.clip(0.5 - distance / (2 * softness), 0, 1), np.float32)


def _cloud(h: int, w: int, side: float, rng: np.random.Generator) -> Map:
    """A large cloudy region of 5–50 % of the photo with soft edges."""
    step = max(1, int(side / 64))
    small = (h // step + 2, w // step + 2)
    field = ndimage.gaussian_filter(rng.standard_normal(small), side / step * rng.uniform(0.06, 0.25))
    field = ndimage.zoom(field, (h / small[0], w / small[1]), order=1, grid_mode=True, mode="nearest")[:h, :w]
    level = np.quantile(field, 1 - rng.uniform(0.05, 0.5))
    softness = max(float(field.std()) * rng.uniform(0.1, 1.0), 1e-9)
    return np.asarray(np.clip((field - level) / softness + 0.5, 0, 1), np.float32)


def _part(h: int, w: int, side: float, rng: np.random.Generator) -> Map:
    """What lies on one side of a line, or between two, with a sharp or a soft edge."""
    y, x = np.mgrid[:h, :w].astype(np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    across = (np.sin(turn) * (y - h / 2) + np.cos(turn) * (x - w / 2)) / side
    wave = rng.normal(0, 0.03) * np.sin((np.cos(turn) * y - np.sin(turn) * x) / side * rng.uniform(2, 12))
    near, softness = rng.uniform(-0.2, 0.4), np.exp(rng.uniform(np.log(0.01), np.log(0.2)))
    far = near + rng.uniform(0.05, 0.4) if rng.random() < 0.4 else np.inf
    edge = across + wave
    inside = np.minimum(edge - near, far - edge)
    return np.asarray(np.clip(0.5 + inside / softness, 0, 1), np.float32)


def _scratch(h: int, w: int, side: float, rng: np.random.Generator) -> Map:
    """A thin wandering line."""
    steps = int(side * rng.uniform(0.08, 0.6) * 2)
    bends = ndimage.gaussian_filter1d(rng.normal(0, 1, steps + 1), 12, mode="nearest") * rng.uniform(0, 0.12)
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(bends)
    y = rng.uniform(0, h) + np.cumsum(np.sin(heading)) / 2
    x = rng.uniform(0, w) + np.cumsum(np.cos(heading)) / 2
    where = np.zeros((h, w), np.float32)
    inside = (y >= 0) & (y < h) & (x >= 0) & (x < w)
    where[y[inside].astype(int), x[inside].astype(int)] = 1
    width = rng.uniform(0.5, 1.6)
    return np.asarray(np.clip(ndimage.gaussian_filter(where, width) * width * 3, 0, 1), np.float32)


def _moved(values: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """The photo's own content from elsewhere, perhaps turned upside down, perhaps on its side."""
    h, w = values.shape[:2]
    moved = np.roll(values, (int(rng.integers(h // 8, h)), int(rng.integers(w // 8, w))), axis=(0, 1))
    if rng.random() < 0.5:
        side = min(h, w)
        moved = moved.copy()
        moved[:side, :side] = np.rot90(moved[:side, :side])
    return moved[:, ::-1] if rng.random() < 0.5 else moved
