"""The encoder of photos that needs no training: fitted to them in closed form."""

from __future__ import annotations

import numpy as np

from shelfspace.data.images import Photos
from shelfspace.encoders.image.encoder import ImageEncoder, mixed_encoder
from shelfspace.encoders.image.parts import Colours, Edges, FineEdges, Part, Patches
from shelfspace.encoders.image.patches import fit_patches
from shelfspace.errors import OptionError

#: The size in which photos are read for it.
SIZE = 96

_DIM = 300  # directions kept of each part: what tells titles apart is in the smaller ones too
_WORDS = 400  # of the dictionary of patches
_EACH = 6  # photos that a direction, or a word, is to be learned from at least
_SAMPLE = 4_000  # photos that are looked at; more change little


def closed_photo_encoder(photos: Photos, *, seed: int = 0) -> ImageEncoder:
    """The encoder of photos like these: edges, fine edges, colours and patches, all of one weight.

    At most 4,000 of the photos found are looked at. Raises `OptionError` where there is none.
    """
    found = np.flatnonzero(photos.found)
    if not len(found):
        raise OptionError(
            f"None of {len(photos)} photos was found.",
            "An encoder of photos is fitted to some.",
            "Look at the rejects.",
        )
    rows = np.sort(np.random.default_rng(seed).permutation(found)[:_SAMPLE])
    pixels = np.ascontiguousarray(photos.pixels[rows])
    many = max(32, len(rows) // _EACH)
    patches = Patches(fit_patches(pixels, k=min(_WORDS, many), seed=seed))
    parts: list[Part] = [Edges(), FineEdges(), Colours(), patches]
    return mixed_encoder(parts, pixels, dim=min(_DIM, many), seed=seed)
