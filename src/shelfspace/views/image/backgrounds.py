"""Another background behind a product photographed on a plain one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_NEAR = 28.0  # of 255, in each channel: the shading of a studio's paper, JPEG noise
_PLAIN = 0.8  # so much of the border must be in one colour
_COARSE = 4


def background_masks(pixels: Tensor) -> Tensor:
    """Where each photo uint8 [n, s, s, 3] shows background: bool [n, s, s], nowhere if it is not a plain one.

    Background is what has the border's (median) colour and is seen from a side in a straight line. A photo
    whose border is not mostly of one colour has none that could be told from the product.
    """
    edges = torch.cat([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], dim=1)
    colour = edges.float().median(dim=1).values
    plain = ((edges - colour[:, None]).abs().amax(dim=2) <= _NEAR).float().mean(dim=1) >= _PLAIN
    alike = ((pixels - colour[:, None, None]).abs().amax(dim=3) <= _NEAR).to(torch.uint8)
    seen = alike.cumprod(dim=1) | alike.cumprod(dim=2)
    for dim in (1, 2):
        seen = seen | alike.flip(dim).cumprod(dim=dim).flip(dim)
    return seen.bool() & plain[:, None, None]


def with_backgrounds(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """The photos with a background of random soft colours and grain where they have a plain one."""
    n, height, width, _ = pixels.shape
    device = pixels.device
    coarse = torch.rand(n, 3, _COARSE, _COARSE, generator=generator, device=device) * 255
    grain = torch.randn(n, 1, height, width, generator=generator, device=device) * 8
    if n == 0:
        return pixels
    soft = functional.interpolate(coarse, (height, width), mode="bilinear", align_corners=False)
    scene = (soft + grain).clamp_(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
    return torch.where(background_masks(pixels)[..., None], scene, pixels)
