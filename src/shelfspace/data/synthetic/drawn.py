"""Drawn products: photos of simple shapes and titles that name what is drawn, so that the truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image

Pixels = npt.NDArray[np.uint8]

COLORS: dict[str, tuple[int, int, int]] = {
    "red": (200, 30, 40),
    "green": (30, 150, 60),
    "blue": (40, 70, 200),
    "yellow": (235, 205, 40),
    "purple": (130, 50, 160),
    "black": (25, 25, 25),
    "orange": (240, 130, 30),
    "pink": (245, 150, 190),
}
SHAPES = ("disc", "box", "wedge", "cross", "ring", "bar")
PATTERNS = ("plain", "striped")
SIZES = ("small", "large")
_MAKERS = ("Acme", "Borealis", "Corvo", "Dunlin", "Estrada")
_EDGE = 64  # pixels


@dataclass(frozen=True)
class Drawn:
    """n products: `titles`, and `pixels` uint8 `[n, 64, 64, 3]`; equal titles do not make equal pixels."""

    titles: list[str]
    pixels: Pixels

    def table(self, shop: str = "shop") -> pl.DataFrame:
        """The products as a feed, whose image_link is a file of `write`."""
        n = len(self.titles)
        ids = [str(number) for number in range(n)]
        links = [f"{shop}/{number}.png" for number in ids]
        return pl.DataFrame({"shop": [shop] * n, "id": ids, "title": self.titles, "image_link": links})

    def write(self, folder: Path, shop: str = "shop") -> None:
        """The photos as PNG files under `folder`."""
        (folder / shop).mkdir(parents=True, exist_ok=True)
        for number, pixels in enumerate(self.pixels):
            Image.fromarray(pixels).save(folder / shop / f"{number}.png")


def drawn(n: int, seed: int = 0) -> Drawn:
    """n products drawn at random: size, color, pattern and shape, at a random place, by a random maker."""
    rng = np.random.default_rng(seed)
    titles, photos = [], []
    for _ in range(n):
        size, color, pattern, shape = (
            str(rng.choice(words)) for words in (SIZES, list(COLORS), PATTERNS, SHAPES)
        )
        titles.append(f"{rng.choice(_MAKERS)} {size} {color} {pattern} {shape}")
        photos.append(_draw(size, color, pattern, shape, rng))
    return Drawn(titles, np.array(photos, np.uint8).reshape(n, _EDGE, _EDGE, 3))


def _draw(size: str, color: str, pattern: str, shape: str, rng: np.random.Generator) -> Pixels:
    radius = (12 if size == "small" else 24) + rng.uniform(-1.5, 1.5)
    centre = _EDGE / 2 + rng.uniform(-4, 4, 2)
    down, across = np.mgrid[:_EDGE, :_EDGE] + 0.5
    y, x = (down - centre[0]) / radius, (across - centre[1]) / radius
    inside = _inside(shape, x, y)
    if pattern == "striped":
        inside &= (down // 4) % 2 == 0
    paint = np.clip(np.array(COLORS[color]) + rng.normal(0, 8, 3), 0, 255)
    photo = np.full((_EDGE, _EDGE, 3), 250.0)
    photo[inside] = paint
    return np.asarray(np.clip(photo + rng.normal(0, 3, photo.shape), 0, 255), np.uint8)


def _inside(shape: str, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    distance = np.hypot(x, y)
    square = np.maximum(np.abs(x), np.abs(y))
    masks: dict[str, npt.NDArray[np.bool_]] = {
        "disc": distance < 1,
        "box": square < 0.9,
        "wedge": (np.abs(x) < (y + 1) / 2) & (y < 1),
        "cross": (square < 1) & (np.minimum(np.abs(x), np.abs(y)) < 0.3),
        "ring": (distance < 1) & (distance > 0.6),
        "bar": (np.abs(y) < 0.4) & (np.abs(x) < 1.2),
    }
    return masks[shape]
