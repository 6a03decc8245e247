"""Light and colour as one linear map of red, green and blue for each photo."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_GREY = (0.299, 0.587, 0.114)
#: To luminance and the two axes of colour of the NTSC standard, in which a turn changes the hue alone.
_YIQ = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))


@dataclass(frozen=True)
class Tints:
    """For each photo, [n]: factors of brightness, contrast and saturation (1 keeps), a turn of hue (0)."""

    brightness: Tensor
    contrast: Tensor
    saturation: Tensor
    hue_radians: Tensor


def tinted(values: Tensor, tints: Tints, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """Values [n, 3, h, w] of 0 … 255 tinted and normalised, in channels_last.

    Contrast is around the photo's mean grey. Nothing is clipped: a mild tint leaves few values outside, and
    clipping would take information away.
    """
    n, _, height, width = values.shape
    grey = values.new_tensor(_GREY)
    level = (values.mean(dim=(2, 3)) @ grey / 255 * tints.brightness)[:, None]
    matrix = _turns(tints.hue_radians) @ _saturations(tints.saturation, grey)
    matrix = matrix * (tints.contrast * tints.brightness / 255)[:, None, None]
    offset = (1 - tints.contrast)[:, None] * level - values.new_tensor(mean)
    spread = values.new_tensor(std)
    flat = values.reshape(n, 3, height * width).transpose(1, 2)
    out = torch.baddbmm((offset / spread)[:, None, :], flat, (matrix / spread[:, None]).transpose(1, 2))
    return out.reshape(n, height, width, 3).permute(0, 3, 1, 2)


def _saturations(factor: Tensor, grey: Tensor) -> Tensor:
    """[n, 3, 3]: away from or towards the grey of the same luminance."""
    own = torch.eye(3, device=grey.device) * factor[:, None, None]
    return own + (1 - factor)[:, None, None] * grey.expand(3, 3)


def _turns(radians: Tensor) -> Tensor:
    """[n, 3, 3]: a turn of the plane of colour; luminance stays."""
    axes = radians.new_tensor(_YIQ)
    cosine, sine = torch.cos(radians), torch.sin(radians)
    none, one = torch.zeros_like(cosine), torch.ones_like(cosine)
    turn = torch.stack([one, none, none, none, cosine, -sine, none, sine, cosine], dim=1).view(-1, 3, 3)
    back: Tensor = torch.linalg.inv(axes)
    return back @ turn @ axes
