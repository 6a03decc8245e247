"""Hand-made features of photos on their principal directions: the closed-form encoder of photos."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.images import Photos
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.image.handmade import colour_features, edge_features
from shelfspace.encoders.listing import Listings
from shelfspace.errors import SpaceError

#: Directions kept of edges and of colours; trials with half of them lost a point.
WIDTHS = (400, 250)
SIZE = 96  # pixels along each side of the photos that are read for it

_FEATURES = (edge_features, colour_features)
_ROWS = 3_000  # photos whose features are held at once; directions are found on as many
_FILE = "principal.safetensors"

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PrincipalPhotoEncoder:
    """Edges and colours, each centred, projected on their principal directions and brought to one scale.

    `means` and `maps` `[d]`, `[d, k]` are of edges, then of colours.
    """

    means: tuple[Float32, Float32]
    maps: tuple[Float32, Float32]
    kind: str = "principal-photo"

    @classmethod
    def fit(cls, photos: Photos, *, widths: tuple[int, int] = WIDTHS, seed: int = 0) -> PrincipalPhotoEncoder:
        """The encoder of photos like these; at most 3,000 of those found are looked at.

        Directions that the photos do not have are left out. No photo at all gives an encoder that knows
        nothing: its vectors are zero.
        """
        found = np.flatnonzero(photos.found)
        rows = np.sort(np.random.default_rng(seed).permutation(found)[:_ROWS])
        pixels = photos.pixels[rows]
        parts = [_principal(make(pixels), width, seed) for make, width in zip(_FEATURES, widths, strict=True)]
        return cls((parts[0][0], parts[1][0]), (parts[0][1], parts[1][1]))

    @property
    def photo_size(self) -> int:
        """The size in which photos are read for it."""
        return SIZE

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return sum(part.shape[1] for part in self.maps)

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]`, float32, of the listings' photos; zero where there is none."""
        vectors = np.zeros((len(listings), self.dim), np.float32)
        if listings.photos is None:
            return vectors
        found = np.flatnonzero(listings.photos.found)
        for start in range(0, len(found), _ROWS):
            rows = found[start : start + _ROWS]
            vectors[rows] = self._project(listings.photos.pixels[rows])
        return vectors

    def _project(self, pixels: npt.NDArray[np.uint8]) -> Float32:
        parts = [
            (make(pixels) - mean) @ projection
            for make, mean, projection in zip(_FEATURES, self.means, self.maps, strict=True)
        ]
        both = np.hstack(parts)
        lengths = np.linalg.norm(both, axis=1, keepdims=True)
        return np.asarray(both / np.where(lengths > 0, lengths, 1), np.float32)

    def save(self, folder: Path) -> None:
        """Write `principal.safetensors` and `encoder.json` into `folder`."""
        from safetensors.numpy import save_file

        tensors: dict[str, Float32] = {}
        for name, mean, projection in zip(("edges", "colours"), self.means, self.maps, strict=True):
            tensors |= {f"{name}.mean": mean, f"{name}.map": np.ascontiguousarray(projection)}
        save_file(tensors, folder / _FILE)
        settings = {"kind": self.kind, "dim": self.dim}
        (folder / "encoder.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> PrincipalPhotoEncoder:
        """The encoder that `save` wrote; `SpaceError` where a file is missing or damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            held = load_file(folder / _FILE)
            return cls((held["edges.mean"], held["colours.mean"]), (held["edges.map"], held["colours.map"]))
        except (OSError, KeyError, SafetensorError) as damage:
            raise SpaceError(
                f"The photo encoder in {folder} cannot be read: {damage}.",
                f"It needs encoder.json and {_FILE} as they were saved.",
                "The space is damaged: roll back to an earlier version or fit again.",
            ) from damage


def _principal(features: Float32, width: int, seed: int) -> tuple[Float32, Float32]:
    """The mean `[d]`, and the map `[d, ≤ width]` to the directions of most variance, of total variance 1."""
    if len(features) < 2:
        return np.zeros(features.shape[1], np.float32), np.zeros((features.shape[1], 1), np.float32)
    from sklearn.utils.extmath import randomized_svd

    mean = features.mean(axis=0)
    centred = features - mean
    width = min(width, len(features) - 1, features.shape[1])
    _, values, directions = randomized_svd(centred, width, n_iter=2, random_state=seed)
    kept = values > 1e-4 * max(float(values[0]), 1e-12)
    if not kept.any():
        return mean, np.zeros((features.shape[1], 1), np.float32)
    scale = np.sqrt(len(features) / np.square(values[kept], dtype=np.float64).sum())
    return mean, np.ascontiguousarray(directions[kept].T * scale, np.float32)
