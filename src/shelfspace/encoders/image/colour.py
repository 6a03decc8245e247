"""sRGB in other words: hue, saturation and value; and Lab, where equal steps look equally far."""

from __future__ import annotations

import torch
from torch import Tensor

#: sRGB with its white point D65 to CIE XYZ (IEC 61966-2-1), each row divided by the white point's figure.
_TO_XYZ = (
    (0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883),
)


def hsv_of(photos: Tensor) -> Tensor:
    """Hue, saturation and value from 0 to 1, `[n, 3, h, w]`, of sRGB photos from 0 to 1 of that shape.

    A grey pixel has the hue 0.

    >>> hsv_of(torch.tensor([0.0, 1.0, 0.0]).view(1, 3, 1, 1)).flatten()
    tensor([0.3333, 1.0000, 1.0000])
    """
    red, green, blue = photos.unbind(1)
    value, brightest = photos.max(dim=1)
    chroma = value - photos.amin(dim=1)
    safe = torch.where(chroma > 0, chroma, 1.0)
    turns = torch.stack([(green - blue) / safe, (blue - red) / safe + 2, (red - green) / safe + 4], dim=1)
    hue = turns.gather(1, brightest.unsqueeze(1)).squeeze(1) / 6 % 1
    saturation = chroma / torch.where(value > 0, value, 1.0)
    return torch.stack([torch.where(chroma > 0, hue, 0.0), saturation, value], dim=1)


def lab_of(photos: Tensor) -> Tensor:
    """CIE Lab `[n, 3, h, w]` of sRGB photos from 0 to 1: L / 100, and a and b as (x + 100) / 200.

    >>> lab_of(torch.ones(1, 3, 1, 1)).flatten().round(decimals=3)
    tensor([1.0000, 0.5000, 0.5000])
    """
    linear = torch.where(photos > 0.04045, ((photos + 0.055) / 1.055).pow(2.4), photos / 12.92)
    xyz = torch.einsum("ij,njhw->nihw", torch.tensor(_TO_XYZ), linear)
    cube = torch.where(xyz > 216 / 24389, xyz.clamp(min=1e-9).pow(1 / 3), (24389 / 27 * xyz + 16) / 116)
    x, y, z = cube.unbind(1)
    return torch.stack([1.16 * y - 0.16, 2.5 * (x - y) + 0.5, y - z + 0.5], dim=1)
