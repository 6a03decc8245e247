"""Things to unit vectors."""

from __future__ import annotations

import json
from pathlib import Path

from shelfspace.encoders.encoder import Encoder
from shelfspace.encoders.listing import Listings
from shelfspace.errors import SpaceError

__all__ = ["Encoder", "Listings", "load_encoder"]


def load_encoder(folder: Path) -> Encoder:
    """The encoder that some `save` wrote into `folder`; `SpaceError` for a damaged or unknown one."""
    kind = _kind(folder)
    if kind == "static":
        from shelfspace.encoders.static import StaticTextEncoder

        return StaticTextEncoder.load(folder)
    if kind == "transformer":
        from shelfspace.encoders.transformer import TransformerTextEncoder

        return TransformerTextEncoder.load(folder)
    if kind == "product":
        from shelfspace.encoders.product import ProductEncoder

        return ProductEncoder.load(folder, load_encoder)
    if kind == "image":
        from shelfspace.encoders.image.encoder import ImageEncoder

        return ImageEncoder.load(folder)
    if kind == "vision":
        from shelfspace.encoders.image.pretrained import VisionEncoder

        return VisionEncoder.load(folder)
    raise SpaceError(
        f"The space has an encoder of the kind {kind!r}.",
        "This version knows static, transformer, product, image and vision.",
        "Upgrade shelfspace, or fit the space again.",
    )


def _kind(folder: Path) -> object:
    try:
        return json.loads((folder / "encoder.json").read_text(encoding="utf-8"))["kind"]
    except (OSError, ValueError, KeyError, TypeError) as damage:
        raise SpaceError(
            f"The encoder's settings in {folder} cannot be read: {damage}.",
            "It has an encoder.json that names its kind.",
            "The space is damaged: roll back to an earlier version or fit again.",
        ) from damage
