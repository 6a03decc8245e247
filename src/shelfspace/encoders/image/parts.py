"""What a photo's vector can be made of: hand-made, closed-form and learned features under one face."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from shelfspace.encoders.image.fine_edges import fine_edge_features
from shelfspace.encoders.image.handmade import Float32, Pixels, colour_features, edge_features
from shelfspace.encoders.image.network import ImageNetwork, Sight, network_features
from shelfspace.encoders.image.patches import PatchDictionary


class Part(Protocol):
    """One kind of features of photos."""

    @property
    def name(self) -> str:
        """Under which the part is saved and weighed."""

    def features(self, pixels: Pixels) -> Float32:
        """float32 `[n, d]` of photos uint8 `[n, s, s, 3]`."""


@dataclass(frozen=True)
class Edges:
    """Histograms of oriented gradients: `edge_features`."""

    name: str = "edges"

    def features(self, pixels: Pixels) -> Float32:
        """float32 `[n, d]` of photos uint8 `[n, s, s, 3]`."""
        return edge_features(pixels)


@dataclass(frozen=True)
class FineEdges:
    """Edges with a sign in 12 × 12 cells: `fine_edge_features`."""

    name: str = "fine_edges"

    def features(self, pixels: Pixels) -> Float32:
        """float32 `[n, d]` of photos uint8 `[n, s, s, 3]`."""
        return fine_edge_features(pixels)


@dataclass(frozen=True)
class Colours:
    """Colour histograms: `colour_features`."""

    name: str = "colours"

    def features(self, pixels: Pixels) -> Float32:
        """float32 `[n, d]` of photos uint8 `[n, s, s, 3]`."""
        return colour_features(pixels)


@dataclass(frozen=True)
class Patches:
    """Words of a dictionary of patches, learned in closed form."""

    dictionary: PatchDictionary
    name: str = "patches"

    def features(self, pixels: Pixels) -> Float32:
        """float32 `[n, d]` of photos uint8 `[n, s, s, 3]`."""
        return self.dictionary.features(pixels)


@dataclass(frozen=True)
class Network:
    """A trained network and how it looks at photos."""

    network: ImageNetwork
    sight: Sight = field(default_factory=Sight)
    name: str = "network"

    def features(self, pixels: Pixels) -> Float32:
        """float32 `[n, d]` of photos uint8 `[n, s, s, 3]`."""
        return network_features(self.network, pixels, self.sight)
