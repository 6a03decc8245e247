"""The small network that learns from made-up defects where a photo differs from good ones."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

_WIDTHS = (16, 24, 32, 48, 64)
_LATERAL = 24
_MIDDLE = 2  # the level, at an eighth of the photo's resolution, that patch memories keep
_TOP_SHARE = 100  # a hundredth of the places
_FEW = 10  # places


class Seen(NamedTuple):
    """What the network says of photos [n, 3, h, w], logits before any threshold, and its features.

    `map` [n, 1, h/2, w/2] says where damage is, `image` [n] whether there is any; `middle` [n, c, h/8, w/8]
    is what patch memories keep.
    """

    map: Tensor
    image: Tensor
    middle: Tensor


class DamageNetwork(nn.Module):
    """A feature pyramid (Lin et al. 2017) of 0.16M parameters over the channels of `evened`.

    Five resolutions from a half to a thirty-second, so that both a pit of few pixels and a badly lit half are
    within reach. The image's logit is read off the pooled features and the highest places of the map.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = _WIDTHS
        self.stem = _block(3, widths[0], 5, 2)
        deeper = [
            nn.Sequential(_block(narrow, wide, 3, 2), _block(wide, wide)) for narrow, wide in pairwise(widths)
        ]
        self.down = nn.ModuleList([_block(widths[0], widths[0]), *deeper])
        self.lateral = nn.ModuleList([nn.Conv2d(width, _LATERAL, 1) for width in widths])
        self.up = nn.ModuleList([_block(_LATERAL, _LATERAL) for _ in widths[1:]])
        self.where = nn.Conv2d(_LATERAL, 1, 1)
        pooled = 2 * _LATERAL + 2 * widths[-1] + 4
        self.whether = nn.Sequential(nn.Linear(pooled, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, photos: Tensor) -> Seen:
        """What there is to say of photos [n, 3, h, w] of 32 pixels a side or more."""
        levels: list[Tensor] = []
        features = self.stem(photos)
        for down in self.down:
            features = down(features)
            levels.append(features)
        fine = self.lateral[-1](levels[-1])
        for level in range(len(levels) - 2, -1, -1):
            coarse = functional.interpolate(fine, size=levels[level].shape[-2:], mode="bilinear")
            fine = self.up[level](coarse + self.lateral[level](levels[level]))
        places = self.where(fine)
        pooled = torch.cat([*_ends(fine), *_ends(levels[-1]), _heights(places)], dim=1)
        return Seen(places, self.whether(pooled)[:, 0], levels[_MIDDLE])


def _ends(features: Tensor) -> tuple[Tensor, Tensor]:
    return features.amax((2, 3)), features.mean((2, 3))


def _heights(places: Tensor) -> Tensor:
    """How high a map [n, 1, h, w] reaches: its highest place, the highest few, the highest hundredth, all."""
    ranked = places.flatten(1)
    top = ranked.float().topk(max(1, ranked.shape[1] // _TOP_SHARE), dim=1).values.to(places.dtype)
    return torch.stack([top[:, 0], top[:, :_FEW].mean(1), top.mean(1), ranked.mean(1)], dim=1)


def _block(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Module:
    conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())
