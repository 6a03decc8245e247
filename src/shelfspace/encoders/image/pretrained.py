"""Any Hugging Face vision backbone as an image encoder: ResNet, ConvNeXt, ViT, DINOv2, SigLIP and CLIP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.data.images import Photos
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.image.handmade import Pixels
from shelfspace.encoders.image.of_photos import vectors_of_photos
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.pretrained import first_line, read_model, without_bars
from shelfspace.encoders.transformer import Precision, in_bfloat16
from shelfspace.errors import MissingExtraError, ShelfspaceError, SpaceError
from shelfspace.views.image.normalised import MEAN, STD, Triple, normalised

_HARMLESS = ("pooler.", "vision_model.head.", "head.")  # weights that checkpoints often lack
_BATCH = 32


@dataclass(frozen=True)
class VisionEncoder:
    """A vision model with its preprocessing: photos in `size`, less `mean`, divided by `spread`, `[3]` each.

    A model that pools (ResNet, ConvNeXt, SigLIP, CLIP) gives its pooled state, a joint model of text and
    photo the projection into their common space; of other transformers the first token is taken.
    """

    model: Any
    dim: int
    size: int
    mean: Triple = MEAN
    spread: Triple = STD
    precision: Precision = "auto"
    kind: str = "vision"

    @classmethod
    def from_pretrained(cls, name_or_path: str | Path, *, precision: Precision = "auto") -> VisionEncoder:
        """The encoder of a model's name on the Hugging Face hub, or of a folder.

        Only safetensors are read, and no code that comes with a model is run. Raises `MissingExtraError`
        without the package transformers and `ShelfspaceError` for what cannot be loaded or sees no photos.
        """
        return cls._read(name_or_path, local=False, precision=precision)

    @classmethod
    def load(cls, folder: Path) -> VisionEncoder:
        """The encoder that `save` wrote, without any network; `SpaceError` where its files are damaged."""
        try:
            settings = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            encoder = cls._read(folder, local=True, precision=settings["precision"])
            if encoder.dim != settings["dim"]:
                raise ValueError(f"vectors have {encoder.dim} numbers instead of {settings['dim']}")
        except MissingExtraError:
            raise
        except (ShelfspaceError, OSError, ValueError, KeyError, TypeError) as damage:
            raise SpaceError(
                f"The image encoder in {folder} cannot be read: {first_line(damage)}.",
                "It needs encoder.json and the model that was saved with it.",
                "The space is damaged: roll back to an earlier version or fit again.",
            ) from damage
        return encoder

    @classmethod
    def _read(cls, name: str | Path, *, local: bool, precision: Precision) -> VisionEncoder:
        def preprocessing(transformers: Any, places: dict[str, Any]) -> Any:
            return transformers.ImageProcessingMixin.get_image_processor_dict(str(name), **places)[0]

        beside = ("preprocessor_config.json", preprocessing)
        model, told = read_model(name, "vision", beside, harmless=_HARMLESS, local=local)
        size, mean, spread = _preprocessing(model, told)
        encoder = cls(model, 0, size, mean, spread, precision)
        try:
            dim = encoder.encode_pixels(np.zeros((1, size, size, 3), np.uint8)).shape[1]
        except (TypeError, ValueError, AttributeError, RuntimeError, IndexError) as error:
            raise ShelfspaceError(
                f"The model {str(name)!r} cannot encode a photo: {first_line(error)}.",
                "A vision model makes states of pixel values alone.",
                "Give one such as a ResNet, ConvNeXt, ViT, DINOv2, SigLIP or CLIP.",
            ) from error
        return cls(model, dim, size, mean, spread, precision)

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]`, float32, of the listings' photos; without a photo the zero vector."""
        return vectors_of_photos(listings.photos, len(listings), self.dim, self.encode_pixels)

    def encode_photos(self, photos: Photos) -> Vectors:
        """Unit vectors `[n, dim]`, float32; what has no photo becomes the zero vector."""
        return vectors_of_photos(photos, len(photos), self.dim, self.encode_pixels)

    def encode_pixels(self, pixels: Pixels) -> Vectors:
        """Unit vectors `[n, dim]` of photos uint8 `[n, s, s, 3]`."""
        device = self.model.device
        found = [np.zeros((0, self.dim), np.float32)] if not len(pixels) else []
        halved = in_bfloat16(device.type, self.precision)
        with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=halved):
            for start in range(0, len(pixels), _BATCH):
                batch = pixels[start : start + _BATCH]
                photos = normalised(batch, self.size, mean=self.mean, std=self.spread)
                states = functional.normalize(_states(self.model, photos.to(device)).float(), dim=1)
                found.append(states.cpu().numpy())
        return np.concatenate(found)

    def save(self, folder: Path) -> None:
        """Write the model (safetensors), its preprocessing and `encoder.json` into `folder`."""
        with without_bars():
            self.model.save_pretrained(folder)
        told = {"size": {"height": self.size, "width": self.size}}
        (folder / "preprocessor_config.json").write_text(
            json.dumps({**told, "image_mean": self.mean, "image_std": self.spread}), encoding="utf-8"
        )
        settings = {name: getattr(self, name) for name in ("kind", "dim", "size", "precision")}
        (folder / "encoder.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")


def _preprocessing(model: Any, told: dict[str, Any]) -> tuple[int, Triple, Triple]:
    """The side in pixels, mean and spread that the model's files name, ImageNet's where they don't."""
    size = told.get("crop_size") or told.get("size") or getattr(model.config, "image_size", 224)
    if isinstance(size, dict):
        size = size.get("height") or size.get("shortest_edge") or 224
    mean, spread = (told.get(name) or usual for name, usual in (("image_mean", MEAN), ("image_std", STD)))
    return int(size or 224), _triple(mean), _triple(spread)


def _triple(figures: Sequence[float]) -> Triple:
    red, green, blue = map(float, figures)
    return red, green, blue


def _states(model: Any, photos: Tensor) -> Tensor:
    """One row a photo."""
    if hasattr(model, "get_image_features"):
        found = model.get_image_features(pixel_values=photos)
        joint: Tensor = found if isinstance(found, Tensor) else found.pooler_output
        return joint
    output = model(pixel_values=photos)
    pooled = getattr(output, "pooler_output", None)
    if pooled is not None and pooled.ndim == 4:
        flat: Tensor = pooled.flatten(1)
        return flat
    states: Tensor = output.last_hidden_state
    if states.ndim == 4:
        return states.mean(dim=(2, 3))
    # An untrained pooler (ViT's, often missing) would scramble the state; SigLIP's is its way of looking.
    return pooled if pooled is not None and _pools_itself(model) else states[:, 0]


def _pools_itself(model: Any) -> bool:
    return str(model.config.model_type).startswith(("siglip", "clip"))
