"""A compact convolutional network that learns from scratch on a processor: photos in, features out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.encoders.image.handmade import Float32, Pixels
from shelfspace.encoders.transformer import Precision, in_bfloat16
from shelfspace.errors import OptionError
from shelfspace.views.image.normalised import normalised

_CHUNK = 64


@dataclass(frozen=True)
class NetworkShape:
    """The channels of each stage and how many residual blocks it has; each stage after the first halves.

    The default is a ResNet-10 of 1.2 million weights; `widths=(64, 128, 256, 512)` one of 4.9 million.
    Raises `OptionError` where the two don't fit.
    """

    widths: tuple[int, ...] = (32, 64, 128, 256)
    depths: tuple[int, ...] = (1, 1, 1, 1)

    def __post_init__(self) -> None:
        if not self.widths or len(self.widths) != len(self.depths) or min(*self.widths, *self.depths, 1) < 1:
            raise OptionError(
                f"A network of the widths {self.widths} and depths {self.depths} was asked for.",
                "Each stage has a width and a depth, both 1 or more.",
                "Give as many widths as depths.",
            )


class ImageNetwork(nn.Module):
    """Photos as `normalised` gives them, `[n, 3, h, w]`, to features `[n, dim]`: the mean over places.

    A residual network (He et al. 2016) with a stem for small photos: one 3 × 3 convolution of stride 2. It
    takes any size from 16 pixels on. `maps` gives the features before the mean, `[n, dim, h/16, w/16]`.
    """

    def __init__(self, shape: NetworkShape | None = None) -> None:
        super().__init__()
        self.shape = shape or NetworkShape()
        widths = self.shape.widths
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
        )
        self.stages = nn.Sequential(*(nn.Sequential(*blocks) for blocks in _stages(self.shape)))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def dim(self) -> int:
        """The length of a photo's features."""
        return self.shape.widths[-1]

    def maps(self, photos: Tensor, early: int = 0) -> Tensor:
        """The features of every place, `[n, dim, h, w]`, after the last stage or `early` ones before."""
        found: Tensor = self.stages[: max(1, len(self.stages) - early)](self.stem(photos))
        return found

    def forward(self, photos: Tensor, grid: int = 1, early: int = 0) -> Tensor:
        """The mean of the features in each of grid × grid parts of a photo, `[n, dim · grid²]`, float32."""
        maps = self.maps(photos, early).float()
        return maps.mean(dim=(2, 3)) if grid == 1 else functional.adaptive_avg_pool2d(maps, grid).flatten(1)


class Block(nn.Module):
    """Two convolutions beside a shortcut, which averages where it halves; it starts as the shortcut alone."""

    def __init__(self, width_in: int, width_out: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width_in, width_out, 3, stride=stride, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(width_out)
        self.second = nn.Conv2d(width_out, width_out, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(width_out)
        nn.init.zeros_(self.second_norm.weight)
        shortcut: list[nn.Module] = []
        if stride > 1:
            # Without ceil_mode a photo of an odd size would lose a row that the convolutions keep.
            shortcut.append(nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False))
        if width_in != width_out:
            shortcut += [nn.Conv2d(width_in, width_out, 1, bias=False), nn.BatchNorm2d(width_out)]
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, maps: Tensor) -> Tensor:
        """Features `[n, width_out, h / stride, w / stride]` of `[n, width_in, h, w]`."""
        changed = functional.relu(self.first_norm(self.first(maps)))
        return functional.relu(self.second_norm(self.second(changed)) + self.shortcut(maps))


class Projection(nn.Module):
    """A head for training: features to the vectors `[n, dim]` that an objective compares."""

    def __init__(self, width: int, dim: int = 128, hidden: int = 512, *, last_norm: bool = False) -> None:
        super().__init__()
        last = [nn.BatchNorm1d(dim, affine=False)] if last_norm else []
        self.layers = nn.Sequential(
            nn.Linear(width, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Linear(hidden, dim, bias=not last_norm),
            *last,
        )

    def forward(self, features: Tensor) -> Tensor:
        """Vectors `[n, dim]` of features `[n, width]`, of any length."""
        vectors: Tensor = self.layers(features)
        return vectors


@dataclass(frozen=True)
class Sight:
    """How a network looks at photos: the side in pixels, the part of each side it sees, mirrored too or not.

    A `size` that halves evenly at every stage (a multiple of 16 for four) loses nothing at the edges. Random
    crops make things look larger in training than in whole photos, so that the middle, `zoom` below 1, is
    often told better (the gap that Touvron et al. 2019 close by resolution alone). Features are averaged
    over each of `grid` × `grid` parts of a photo: over all of it they forget the layout, which tells things
    that always stand in the same place. They are the last stage's, or those of `early` stages before it.
    """

    size: int = 64
    zoom: float = 1.0
    grid: int = 1
    early: int = 0
    flip: bool = True
    precision: Precision = "auto"


def network_features(network: nn.Module, pixels: Pixels, sight: Sight) -> Float32:
    """What `network` makes of photos uint8 `[n, s, s, 3]` seen by `sight`, float32 `[n, d]`.

    The network is left in the mode it was in. No photo gives no row.
    """
    was_training = network.training
    network.eval()
    try:
        parts = [part.numpy() for part in _features(network, pixels, sight)]
        if parts:
            return np.concatenate(parts)
        # A blank photo says how long a row is.
        blank = np.zeros((1, sight.size, sight.size, 3), np.uint8)
        return next(_features(network, blank, sight)).numpy()[:0]
    finally:
        network.train(was_training)


def _features(network: nn.Module, pixels: Pixels, sight: Sight) -> Iterator[Tensor]:
    device = next(network.parameters()).device
    halved = in_bfloat16(device.type, sight.precision)
    edge = round(pixels.shape[1] * (1 - sight.zoom) / 2)
    with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=halved):
        for start in range(0, len(pixels), _CHUNK):
            part = pixels[start : start + _CHUNK]
            middle = np.ascontiguousarray(part[:, edge : part.shape[1] - edge, edge : part.shape[2] - edge])
            photos = normalised(middle, sight.size).to(device)
            found = network(photos, sight.grid, sight.early)
            if sight.flip:
                mirrored = network(photos.flip(3), sight.grid, sight.early)
                found = (found + _mirrored(mirrored, sight.grid)) / 2
            yield found.cpu()


def _mirrored(features: Tensor, grid: int) -> Tensor:
    """The features of mirrored photos in the places that they would have in the photos as they are."""
    return features.view(len(features), -1, grid, grid).flip(3).flatten(1)


def _stages(shape: NetworkShape) -> Iterator[list[nn.Module]]:
    width = shape.widths[0]
    for stage, (wider, depth) in enumerate(zip(shape.widths, shape.depths, strict=True)):
        blocks: list[nn.Module] = []
        for place in range(depth):
            blocks.append(Block(width, wider, stride=2 if stage and not place else 1))
            width = wider
        yield blocks
