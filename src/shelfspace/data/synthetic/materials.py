"""Photos of made-up materials and things without a flaw, each a little different, to try what sees damage."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from shelfspace.errors import OptionError

Photo = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]

MATERIALS = ("woven", "wood", "metal", "box")


def materials(name: str, n: int, *, size: int = 128, seed: int = 0) -> list[Photo]:
    """`n` photos uint8 [size, size, 3] of "woven" cloth, "wood", brushed "metal" or a printed "box".

    Cloth and box lie a little turned and shifted; light falls differently on each photo. Raises `OptionError`
    for another name, or fewer than 16 pixels a side.
    """
    if name not in MATERIALS or size < 16 or n < 0:
        raise OptionError(
            f"{n} photos of {name!r} at {size} pixels were asked for.",
            f"There are {', '.join(MATERIALS)}, of 16 pixels or more.",
            "Choose one of them.",
        )
    rng = np.random.default_rng((seed, MATERIALS.index(name)))
    make = {"woven": _woven, "wood": _wood, "metal": _metal, "box": _box}[name]
    return [_lit(make(size, rng), rng) for _ in range(n)]


def _lit(values: Values, rng: np.random.Generator) -> Photo:
    """Values in 0…1 under uneven light, with a camera's noise."""
    size = values.shape[0]
    y, x = np.mgrid[:size, :size] / size - 0.5
    slope = rng.normal(0, 0.15, 2)
    light = rng.uniform(0.8, 1.1) * (1 + slope[0] * x + slope[1] * y)
    noisy = values * light[..., None] + rng.normal(0, 0.01, values.shape)
    return np.asarray(np.clip(255 * noisy, 0, 255) + 0.5, np.float64).clip(0, 255).astype(np.uint8)


def _turned(size: int, rng: np.random.Generator, most: float) -> tuple[Values, Values]:
    """Places on the thing, from −0.5 to 0.5 across it, under each pixel of a photo that is a little askew."""
    y, x = np.mgrid[:size, :size] / size - 0.5
    turn, shift = rng.uniform(-most, most), rng.uniform(-0.03, 0.03, 2)
    return np.cos(turn) * y - np.sin(turn) * x + shift[0], np.sin(turn) * y + np.cos(turn) * x + shift[1]


def _woven(size: int, rng: np.random.Generator) -> Values:
    v, u = _turned(size, rng, 0.1)
    period = 2 * np.pi * size / 8
    down, across = np.sin(period * v), np.sin(period * u)
    threads = 0.5 + 0.2 * np.where(np.sin(period * (u + v) / 2) > 0, down, across)
    worn = ndimage.gaussian_filter(rng.standard_normal((size, size)), size / 40)
    return np.asarray((threads + 0.03 * worn / worn.std())[..., None] * np.array([0.8, 0.7, 0.55]))


def _wood(size: int, rng: np.random.Generator) -> Values:
    rows, columns = np.mgrid[:size, :size] / size
    bend = ndimage.gaussian_filter(rng.standard_normal((size, size)), size / 6, mode="wrap")
    rings = (
        columns * rng.uniform(10, 14) + 0.5 * bend / bend.std() + 0.3 * np.sin(3 * rows + rng.uniform(0, 6))
    )
    fibre = ndimage.gaussian_filter(rng.standard_normal((size, size)), (size / 12, 0.5))
    grain = 0.55 + 0.1 * np.sin(2 * np.pi * rings) + 0.04 * fibre / fibre.std()
    return np.asarray(grain[..., None] * np.array([1.0, 0.75, 0.5]))


def _metal(size: int, rng: np.random.Generator) -> Values:
    brushed = ndimage.gaussian_filter(rng.standard_normal((size, size)), (0.4, size / 10))
    cloudy = ndimage.gaussian_filter(rng.standard_normal((size, size)), size / 5)
    grey = 0.5 + 0.07 * brushed / brushed.std() + 0.04 * cloudy / cloudy.std()
    return np.repeat(grey[..., None], 3, axis=2)


def _box(size: int, rng: np.random.Generator) -> Values:
    """A printed box on white: a label with stripes, a round mark and rows like writing."""
    v, u = _turned(size, rng, 0.15)
    photo = np.full((size, size, 3), 0.95)
    inside = (np.abs(v) < 0.4) & (np.abs(u) < 0.32)
    photo[inside] = (0.2, 0.35, 0.6)
    label = inside & (v > -0.15) & (v < 0.25) & (np.abs(u) < 0.25)
    photo[label] = (0.9, 0.88, 0.8)
    writing = label & (np.sin(2 * np.pi * v * 14) > 0.4) & (np.sin(2 * np.pi * u * 23) > -0.5) & (v > 0)
    photo[writing] = (0.15, 0.15, 0.15)
    photo[inside & (np.hypot(v + 0.28, u) < 0.08)] = (0.9, 0.2, 0.15)
    return np.asarray(ndimage.gaussian_filter(photo, (0.6, 0.6, 0)))
