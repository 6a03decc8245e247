"""Pixels from vectors: the loss of denoising and masked autoencoders, to stand beside a contrastive one."""

from __future__ import annotations

import torch
from torch import Tensor

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import nothing

_EPSILON = 1e-6


def reconstruction(
    predictions: Tensor, images: Tensor, mask: Tensor | None = None, *, patch: int | None = None
) -> Tensor:
    """The scalar mean squared error of predicted pixels, over all of them or those under a mask.

    Without `mask` a denoising autoencoder (Vincent et al. 2008, equation 5 with squared error): predict the
    clean image from a spoiled one. With it a masked one (He et al. 2022, section 3): only what was hidden
    counts. With `patch`, targets are first normalised within each patch of that side, which the paper found
    better to learn from. Differs from the papers: convolutional, [n, c, h, w], instead of rows of patches.

    `predictions` and `images` are [n, c, h, w]; `mask` is bool [n, h, w], true where hidden; no gradient
    reaches the images. No image, or nothing hidden: 0 with gradient zero. Raises `OptionError` for other
    shapes and a patch that does not divide the image.
    """
    _check(predictions, images, mask, patch)
    if predictions.numel() == 0:
        return nothing(predictions)
    targets = images.detach().to(_width(predictions))
    if patch is not None:
        targets = _within_patches(targets, patch)
    errors = (predictions.to(targets.dtype) - targets).square().mean(dim=1)
    if mask is None:
        return errors.mean()
    return (errors * mask).sum() / mask.sum().clamp_min(1)


def _within_patches(images: Tensor, patch: int) -> Tensor:
    """Each patch, over all channels, with mean 0 and variance 1; a plain patch is all zeros."""
    n, channels, height, width = images.shape
    parts = images.reshape(n, channels, height // patch, patch, width // patch, patch)
    mean = parts.mean(dim=(1, 3, 5), keepdim=True)
    spread = (parts.var(dim=(1, 3, 5), keepdim=True, correction=0) + _EPSILON).sqrt()
    return ((parts - mean) / spread).reshape(images.shape)


def _width(predictions: Tensor) -> torch.dtype:
    return torch.float64 if predictions.dtype == torch.float64 else torch.float32


def _check(predictions: Tensor, images: Tensor, mask: Tensor | None, patch: int | None) -> None:
    if predictions.ndim != 4 or predictions.shape != images.shape or not predictions.is_floating_point():
        raise OptionError(
            f"The predictions are {predictions.dtype} {tuple(predictions.shape)}, the images "
            f"{tuple(images.shape)}.",
            "Both are [n, channels, height, width].",
            "Decode the vectors to the size of the images.",
        )
    sides = tuple(images.shape[2:])
    if mask is not None and (tuple(mask.shape) != (len(images), *sides) or mask.dtype != torch.bool):
        raise OptionError(
            f"The mask is {mask.dtype} {tuple(mask.shape)}.",
            f"It is bool {(len(images), *sides)}.",
            "Give one entry for each pixel.",
        )
    if patch is not None and (patch < 1 or any(side % patch for side in sides)):
        raise OptionError(
            f"patch is {patch}.", f"It divides {sides[0]} and {sides[1]}.", "Choose another side."
        )
