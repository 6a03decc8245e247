"""The face every encoder shows: things in, unit vectors out."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.listing import Listings

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Things to unit float32 vectors `[n, dim]`; a thing without any content becomes the zero vector."""

    @property
    def kind(self) -> str:
        """The name under which `encoders.load_encoder` finds the class again, "static" for one."""

    @property
    def dim(self) -> int:
        """The length of a vector."""

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]`, float32, the same for the same text whatever stands beside it."""

    def save(self, folder: Path) -> None:
        """Write weights and settings into `folder` (safetensors and JSON only), which exists and is empty."""
