"""Hidden patches, for an encoder that must tell from the rest what was there."""

from __future__ import annotations

import torch
from torch import Tensor

from shelfspace.errors import OptionError


def patch_masks(
    n: int, size: int, generator: torch.Generator, *, patch: int = 8, share: float = 0.6
) -> Tensor:
    """Which pixels of n photos are hidden: bool [n, size, size], whole patches, true where hidden.

    The same number of patches for every photo, the nearest to `share` of all, chosen by chance without
    replacement (He et al. 2022, section 3). Raises `OptionError` for a patch that does not divide `size` and
    a share outside 0 … 1.
    """
    if patch < 1 or size % patch or not 0 <= share <= 1:
        raise OptionError(
            f"patch is {patch}, size {size}, share {share}.",
            "A patch divides the size, a share is 0 to 1.",
            "8 of 64 or 96 pixels, and 0.6, are usual.",
        )
    grid = size // patch
    order = torch.rand(n, grid * grid, generator=generator, device=generator.device).argsort(dim=1)
    hidden = (order < round(share * grid * grid)).view(n, grid, grid)
    return hidden.repeat_interleave(patch, dim=1).repeat_interleave(patch, dim=2)


def covered(images: Tensor, masks: Tensor) -> Tensor:
    """`images` [n, c, h, w] with zeros (the mean, once normalised) where `masks` [n, h, w] are true."""
    return images.masked_fill(masks[:, None], 0.0)
