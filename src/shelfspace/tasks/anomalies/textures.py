"""Photos brought to one light: logarithms, so that shading adds, and each photo's own level and spread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Photo = npt.NDArray[np.uint8]
Evened = npt.NDArray[np.float32]

_DARK = 8.0  # grey levels added before the logarithm, which would otherwise blow up the noise of black
_CALM = 0.05  # spread (of logarithms) below which a photo counts as plain: its noise is not blown up
_COLOUR = 4.0  # colours differ less than light does


def evened(photo: Photo) -> Evened:
    """The channels of a photo uint8 [h, w, 3] as float32 [3, h, w]: light, red–green, blue–yellow.

    Light is the logarithm of grey less its mean, over its spread in this photo: brighter exposures and
    stronger lamps look alike. The other two are differences of logarithms; they are not centred, since the
    colour of a thing is evidence. Grey photos have zeros there.
    """
    logs = np.log(photo.astype(np.float32) + _DARK)
    red, green, blue = logs[..., 0], logs[..., 1], logs[..., 2]
    light = np.log(photo.mean(axis=2, dtype=np.float32) + _DARK)
    light = (light - light.mean()) / (light.std() + _CALM)
    return np.stack([light, _COLOUR * (red - green), _COLOUR * (blue - (red + green) / 2)]).astype(np.float32)
