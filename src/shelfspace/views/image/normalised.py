"""Photos as a network takes them: float, around zero, channels last."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from shelfspace.errors import OptionError
from shelfspace.views.image.framing import framed, placements

#: Of red, green and blue over ImageNet, as nearly every published backbone was trained with.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

Pixels = Tensor | npt.NDArray[np.uint8]
Triple = tuple[float, float, float]


def as_tensor(pixels: Pixels) -> Tensor:
    """The pixels as a uint8 tensor [n, h, w, 3]; a writeable array is shared, others are copied.

    Raises `OptionError` for another shape or type.
    """
    if isinstance(pixels, np.ndarray):
        pixels = torch.from_numpy(pixels if pixels.flags.writeable else pixels.copy())
    if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != torch.uint8:
        raise OptionError(
            f"The pixels are {pixels.dtype} {tuple(pixels.shape)}.",
            "Photos are uint8 [n, size, size, 3].",
            "Read them with read_photos.",
        )
    return pixels


def normalised(pixels: Pixels, size: int | None = None, *, mean: Triple = MEAN, std: Triple = STD) -> Tensor:
    """float32 [n, 3, size, size] in channels_last: (pixel / 255 − mean) / std, whole photos, no chance in it.

    `pixels` are uint8 [n, s, s, 3]; another `size` averages or interpolates. Raises `OptionError` for pixels
    of another shape or type and a size below 1. No photo: none.
    """
    given = as_tensor(pixels)
    height, width = given.shape[1:3]
    if size is not None and size < 1:
        raise OptionError(f"size is {size}.", "It is at least 1 pixel.", "Leave it out to keep the size.")
    if size is None or (height, width) == (size, size):
        values = given.permute(0, 3, 1, 2).float()
    else:
        start = given.new_zeros(1, dtype=torch.float32)
        sides = [placements(start, start + side, side, size) for side in (height, width)]
        values = framed(given, sides[0], sides[1]).contiguous(memory_format=torch.channels_last)
    scale = 255.0 * values.new_tensor(std).view(1, 3, 1, 1)
    offset = values.new_tensor(mean).view(1, 3, 1, 1) / values.new_tensor(std).view(1, 3, 1, 1)
    return values.div_(scale).sub_(offset)
