"""The whole photo against good ones: how far the nearest of them is, in features that need no learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from shelfspace.encoders.image.handmade import handmade_features

Photo = npt.NDArray[np.uint8]
Features = npt.NDArray[np.float32]

_SIDE = 96


@dataclass(frozen=True)
class KnownPhotos:
    """What good photos look like as a whole: edges and colours [m, d]."""

    features: Features

    @classmethod
    def of(cls, photos: Sequence[Photo]) -> KnownPhotos:
        """The good `photos`, each uint8 [h, w, 3], one at least."""
        return cls(handmade_features(squares(photos)))

    def strangeness(self, photo: Photo) -> float:
        """The distance of a photo uint8 [h, w, 3] to the nearest good one; 0 is known."""
        away = self.features - handmade_features(squares([photo]))
        return float(np.sqrt(np.einsum("md,md->m", away, away).min()))

    def among_themselves(self) -> npt.NDArray[np.float64]:
        """Each good photo's distance to the nearest other one, [m]; 0 where it is alone.

        What another good photo's will be like: that of m photos instead of m − 1.
        """
        if len(self.features) < 2:
            return np.zeros(len(self.features))
        squared = np.einsum("md,md->m", self.features, self.features)
        apart = squared[:, None] + squared - 2 * (self.features @ self.features.T)
        np.fill_diagonal(apart, np.inf)
        return np.asarray(np.sqrt(np.maximum(apart.min(axis=1), 0)), np.float64)


def squares(photos: Sequence[Photo], side: int = _SIDE) -> npt.NDArray[np.uint8]:
    """The photos stretched to squares, uint8 [n, side, side, 3]."""
    return np.stack([np.asarray(Image.fromarray(photo).resize((side, side))) for photo in photos])
