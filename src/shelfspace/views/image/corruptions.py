"""What happens to photos on their way: blur, crops, compression, a colour cast, grain, in five steps."""

from __future__ import annotations

from io import BytesIO
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from shelfspace.errors import OptionError
from shelfspace.views.image.framing import blurs, framed, placements
from shelfspace.views.image.normalised import as_tensor

Corruption = Literal["blur", "crop", "jpeg", "colour", "noise"]
CORRUPTIONS: tuple[Corruption, ...] = get_args(Corruption)

_BLUR = (0.01, 0.016, 0.024, 0.034, 0.048)  # sigma, as a share of the side
_KEPT = (0.9, 0.8, 0.7, 0.6, 0.5)  # share of each side
_QUALITY = (40, 25, 15, 10, 6)
_CAST = (0.06, 0.12, 0.18, 0.26, 0.36)  # how far red, green and blue are scaled apart
_GRAIN = (6.0, 12.0, 20.0, 32.0, 48.0)  # standard deviation, of 255
_CHUNK = 256

Photos = npt.NDArray[np.uint8]


def corrupted(pixels: Photos, kind: Corruption, severity: int = 3, seed: int = 0) -> Photos:
    """The photos uint8 [n, s, s, 3] corrupted in one way, at a `severity` of 1 (hardly seen) to 5 (harsh).

    "blur" is Gaussian; "crop" keeps a random part and enlarges it; "jpeg" saves at low quality; "colour"
    scales the channels apart, as other lamps do; "noise" adds grain. The same for the same seed, whatever
    the number of photos behind a photo. Raises `OptionError` for another kind or severity, and for pixels of
    another shape. No photo: none.
    """
    as_tensor(pixels[:0])
    if kind not in CORRUPTIONS or severity not in range(1, 6):
        raise OptionError(
            f"kind is {kind!r}, severity {severity}.",
            f"A kind is one of {', '.join(CORRUPTIONS)}, a severity 1 to 5.",
            "Choose one of them.",
        )
    rng = np.random.default_rng((seed, CORRUPTIONS.index(kind), severity))
    out = np.empty_like(pixels)
    for start in range(0, len(pixels), _CHUNK):
        part = np.ascontiguousarray(pixels[start : start + _CHUNK])
        out[start : start + _CHUNK] = _ONE[kind](part, severity - 1, rng)
    return out


def _blurred(pixels: Photos, step: int, rng: np.random.Generator) -> Photos:
    side = pixels.shape[1]
    matrix = blurs(torch.tensor([_BLUR[step] * side]), side)
    return _bytes(framed(as_tensor(pixels), matrix, matrix).permute(0, 2, 3, 1).numpy())


def _cropped(pixels: Photos, step: int, rng: np.random.Generator) -> Photos:
    side, kept = pixels.shape[1], _KEPT[step]
    starts = torch.from_numpy(rng.random((len(pixels), 2), dtype=np.float32)).T * (1 - kept) * side
    frames = [placements(start, torch.full_like(start, kept * side), side, side) for start in starts]
    return _bytes(framed(as_tensor(pixels), frames[0], frames[1]).permute(0, 2, 3, 1).numpy())


def _compressed(pixels: Photos, step: int, rng: np.random.Generator) -> Photos:
    def again(photo: Photos) -> Photos:
        held = BytesIO()
        Image.fromarray(photo).save(held, "JPEG", quality=_QUALITY[step])
        return np.asarray(Image.open(held, formats=["JPEG"]).convert("RGB"))

    return np.stack([again(photo) for photo in pixels])


def _cast(pixels: Photos, step: int, rng: np.random.Generator) -> Photos:
    apart = rng.random((len(pixels), 3))
    apart -= apart.min(axis=1, keepdims=True)
    apart /= np.maximum(apart.max(axis=1, keepdims=True), 1e-9)
    return _bytes(pixels * (1 + _CAST[step] * (2 * apart - 1))[:, None, None, :])


def _grained(pixels: Photos, step: int, rng: np.random.Generator) -> Photos:
    return _bytes(pixels + _GRAIN[step] * rng.standard_normal(pixels.shape, dtype=np.float32))


def _bytes(values: npt.NDArray[np.floating]) -> Photos:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)


_ONE = {"blur": _blurred, "crop": _cropped, "jpeg": _compressed, "colour": _cast, "noise": _grained}
