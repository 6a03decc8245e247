"""Photos from the features of their places: what an autoencoder needs only while it learns."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

_HIDDEN = 96


class Decoder(nn.Module):
    """Features of places [n, width, h, w] to photos as `normalised` gives them, [n, 3, h · step, w · step].

    Small on purpose (He et al. 2022, section 3, found a light decoder enough): one convolution lets a place
    ask its neighbours, then each writes its own square of pixels.
    """

    def __init__(self, width: int, step: int) -> None:
        super().__init__()
        self.step = step
        self.mixed = nn.Conv2d(width, _HIDDEN, 3, padding=1)
        self.written = nn.Conv2d(_HIDDEN, 3 * step * step, 1)

    def forward(self, maps: Tensor, size: int) -> Tensor:
        """The photos [n, 3, size, size]; a network that rounds odd sizes up leaves an edge to cut off."""
        squares = self.written(functional.relu(self.mixed(maps)))
        return functional.pixel_shuffle(squares, self.step)[:, :, :size, :size]
