"""The encoder of photos that needs no training: fitted to them in closed form."""

from __future__ import annotations

from shelfspace.data.images import Photos
from shelfspace.encoders.encoder import Encoder
from shelfspace.encoders.image.principal import SIZE, PrincipalPhotoEncoder

__all__ = ["SIZE", "closed_photo_encoder"]


def closed_photo_encoder(photos: Photos, *, seed: int = 0) -> Encoder:
    """The encoder fitted to these photos, read in `SIZE`; its vectors keep what tells them apart."""
    return PrincipalPhotoEncoder.fit(photos, seed=seed)
