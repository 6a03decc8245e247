"""The image encoder: photos to unit vectors, mixed of learned, closed-form and hand-made parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from shelfspace.data.images import Photos
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.image.handmade import Pixels
from shelfspace.encoders.image.network import ImageNetwork, NetworkShape, Sight
from shelfspace.encoders.image.of_photos import vectors_of_photos
from shelfspace.encoders.image.parts import Colours, Edges, FineEdges, Network, Part, Patches
from shelfspace.encoders.image.patches import PatchDictionary
from shelfspace.encoders.image.reduction import Reduction, fit_reduction
from shelfspace.encoders.listing import Listings
from shelfspace.errors import OptionError, SpaceError

_DIM = 128  # of each part
_FEATURES_VERSION = 1  # raised whenever a part makes other features of the same photo


@dataclass(frozen=True)
class Ingredient:
    """A part, its reduction, and the share of the cosine that it has."""

    part: Part
    reduction: Reduction
    share: float


@dataclass(frozen=True)
class ImageEncoder:
    """A mixture of parts: the cosine of two photos is the mean of the parts' cosines, weighted by shares.

    `size` is that of the photos it was made with; others are looked at in the parts' own sizes all the same.
    """

    ingredients: tuple[Ingredient, ...]
    size: int = 96
    kind: str = "image"

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return sum(each.reduction.dim for each in self.ingredients)

    @property
    def preprocessing_hash(self) -> str:
        """A digest of what is done to a photo before anything learned: other spaces are refused."""
        told = {"version": _FEATURES_VERSION, "size": self.size, "parts": self._described()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]`, float32, of the listings' photos; without a photo the zero vector."""
        return vectors_of_photos(listings.photos, len(listings), self.dim, self.encode_pixels)

    def encode_photos(self, photos: Photos) -> Vectors:
        """Unit vectors `[n, dim]`, float32; what has no photo becomes the zero vector."""
        return vectors_of_photos(photos, len(photos), self.dim, self.encode_pixels)

    def encode_pixels(self, pixels: Pixels) -> Vectors:
        """Unit vectors `[n, dim]` of photos uint8 `[n, s, s, 3]`."""
        mixed = np.hstack(
            [
                np.float32(np.sqrt(each.share)) * each.reduction.of(each.part.features(pixels))
                for each in self.ingredients
            ]
        )
        lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
        # A photo of which no part says anything is still a photo: it lies in a direction of its own.
        mixed[lengths[:, 0] < 1e-6, 0] = 1.0
        return np.asarray(mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-12), np.float32)

    def save(self, folder: Path) -> None:
        """Write weights and settings into `folder` (safetensors and JSON only), which exists and is empty."""
        tensors: dict[str, torch.Tensor] = {}
        for each in self.ingredients:
            named = {"reduction.mean": each.reduction.mean, "reduction.basis": each.reduction.basis}
            kept = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in named.items()}
            kept |= _tensors_of(each.part)
            tensors |= {f"{each.part.name}/{name}": tensor.contiguous() for name, tensor in kept.items()}
        save_file(tensors, folder / "image.safetensors")
        settings = {"kind": self.kind, "dim": self.dim, "size": self.size, "parts": self._described()}
        (folder / "encoder.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> ImageEncoder:
        """The encoder that `save` wrote; `SpaceError` where its files are damaged."""
        try:
            settings = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "image.safetensors")
            told = [_ingredient(described, tensors) for described in settings["parts"]]
            encoder = cls(tuple(told), int(settings["size"]))
            if encoder.dim != settings["dim"]:
                raise ValueError(f"vectors have {encoder.dim} numbers instead of {settings['dim']}")
        except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as damage:
            raise SpaceError(
                f"The image encoder in {folder} cannot be read: {damage}.",
                "It needs encoder.json and image.safetensors as they were saved together.",
                "The space is damaged: roll back to an earlier version or fit again.",
            ) from damage
        return encoder

    def _described(self) -> list[dict[str, Any]]:
        return [
            {"name": each.part.name, "share": each.share, **_settings_of(each.part)}
            for each in self.ingredients
        ]


def mixed_encoder(
    parts: Sequence[Part],
    pixels: Pixels,
    *,
    shares: Mapping[str, float] | None = None,
    dim: int = _DIM,
    seed: int = 0,
) -> ImageEncoder:
    """The encoder that mixes `parts`, each reduced to the `dim` directions in which the photos differ most.

    `shares` say how much of the cosine each part has (default: the same); a part with none is left out.
    `pixels` are uint8 `[n, s, s, 3]`, one photo at least. Raises `OptionError` where nothing remains.
    """
    given = {part.name: 1.0 for part in parts} if shares is None else dict(shares)
    chosen = [part for part in parts if given.get(part.name, 0.0) > 0]
    if not chosen or not len(pixels):
        raise OptionError(
            f"{len(chosen)} kinds of features of {len(pixels)} photos were to be mixed.",
            "One of each is the least.",
            "Give photos, and a share above 0 to some part.",
        )
    total = sum(given[part.name] for part in chosen)
    return ImageEncoder(
        tuple(
            Ingredient(part, fit_reduction(part.features(pixels), dim, seed=seed), given[part.name] / total)
            for part in chosen
        ),
        int(pixels.shape[1]),
    )


def _settings_of(part: Part) -> dict[str, Any]:
    if isinstance(part, Network):
        shape = part.network.shape
        widths, depths = list(shape.widths), list(shape.depths)
        return {"widths": widths, "depths": depths, "sight": asdict(part.sight)}
    return {"size": part.dictionary.size} if isinstance(part, Patches) else {}


def _tensors_of(part: Part) -> dict[str, torch.Tensor]:
    if isinstance(part, Network):
        return {f"weights.{name}": tensor for name, tensor in part.network.state_dict().items()}
    if isinstance(part, Patches):
        names = ("words", "mean", "zca")
        return {name: torch.from_numpy(getattr(part.dictionary, name)) for name in names}
    return {}


def _ingredient(described: dict[str, Any], tensors: Mapping[str, torch.Tensor]) -> Ingredient:
    prefix = f"{described['name']}/"
    own = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    reduction = Reduction(own["reduction.mean"].numpy(), own["reduction.basis"].numpy())
    return Ingredient(_part(described, own), reduction, float(described["share"]))


def _part(described: dict[str, Any], own: Mapping[str, torch.Tensor]) -> Part:
    name = described["name"]
    if name == "edges":
        return Edges()
    if name == "fine_edges":
        return FineEdges()
    if name == "colours":
        return Colours()
    if name == "patches":
        words, mean, zca = (own[key].numpy() for key in ("words", "mean", "zca"))
        return Patches(PatchDictionary(words, mean, zca, int(described["size"])))
    if "sight" in described:
        network = ImageNetwork(NetworkShape(tuple(described["widths"]), tuple(described["depths"])))
        weights = {key.removeprefix("weights."): t for key, t in own.items() if key.startswith("weights.")}
        network.load_state_dict(weights)
        return Network(network.eval(), Sight(**described["sight"]), name)
    raise ValueError(f"it has a part called {name!r}")
