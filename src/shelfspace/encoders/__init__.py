"""Things to unit vectors."""

from __future__ import annotations

import json
from pathlib import Path

from shelfspace.encoders.encoder import Encoder
from shelfspace.encoders.listing import Listings
from shelfspace.errors import SpaceError

__all__ = ["Encoder", "Listings", "load_encoder"]


def load_encoder(folder: Path) -> Encoder:
    """The encoder that some encoder's `save` wrote into `folder`; `SpaceError` for an unknown kind."""
    kind = json.loads((folder / "encoder.json").read_text(encoding="utf-8")).get("kind")
    if kind == "static":
        from shelfspace.encoders.static import StaticTextEncoder

        return StaticTextEncoder.load(folder)
    if kind == "transformer":
        from shelfspace.encoders.transformer import TransformerTextEncoder

        return TransformerTextEncoder.load(folder)
    raise SpaceError(
        f"The space has an encoder of the kind {kind!r}.",
        "This version knows static and transformer.",
        "Upgrade shelfspace, or fit the space again.",
    )
