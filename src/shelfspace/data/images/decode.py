"""One photo to pixels of one size, whatever its format, colours and turn."""

from __future__ import annotations

import math
import re
import warnings
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from PIL import Image, JpegImagePlugin, TiffImagePlugin, UnidentifiedImageError

from shelfspace.data.images.header import check_pixels, format_of, too_long
from shelfspace.data.images.limits import PhotoLimits
from shelfspace.errors import OptionError, PhotoError

Pixels = npt.NDArray[np.uint8]
Frame = Literal["pad", "crop", "stretch"]

#: How a stored photo has to be turned, by its EXIF orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION, _TILE_WIDTH, _TILE_LENGTH = 274, 322, 323
_CONVERTED = ("1", "P", "PA", "LA", "RGBA")  # modes that are converted or weighted before they are averaged
_FILLED = 128
_STRIP = 2**20  # pixels
_SMALLEST, _LARGEST = 8, 1024


def decode_photo(
    source: str | Path | bytes,
    size: int = 96,
    frame: Frame = "pad",
    limits: PhotoLimits | None = None,
) -> Pixels:
    """The photo as uint8 [size, size, 3], RGB and upright, on white where it is transparent.

    `source` is a path or the bytes of a file. `frame` says how a photo becomes square: "pad" puts the whole
    of it on a square in the colour of its border, "crop" takes the square in its middle, "stretch" ignores
    its proportions. Of an animation the first picture counts; colour profiles are not applied.

    Raises `PhotoError` with its `reason` for what is missing, damaged, no photo or beyond `limits` (checked
    by the header, before any pixel is decoded), and `OptionError` for another size or frame.
    """
    check_frame(size, frame)
    limits = limits or PhotoLimits()
    with quiet():
        image = open_photo(read_bytes(source, limits), limits)
        drafted(image, size)
        return render(image, size, frame)


def decode_whole(source: str | Path | bytes, size: int = 256, limits: PhotoLimits | None = None) -> Pixels:
    """The photo as uint8 [h, w, 3] in its own proportions, otherwise as `decode_photo` gives it.

    One of more than `size` × `size` pixels is shrunk to about so many; a smaller one keeps every pixel it
    has, so photos of one camera keep one scale. Each side is at least 16 pixels and at most four times `size`
    long. Raises as `decode_photo` does.
    """
    check_frame(size, "stretch")
    limits = limits or PhotoLimits()
    with quiet():
        image = open_photo(read_bytes(source, limits), limits)
        drafted(image, size)
        try:
            image.load()
            turn = _turn(image)
            scale = min(1.0, size / math.sqrt(image.width * image.height))
            side = [min(max(16, round(length * scale)), 4 * size) for length in image.size]
            plain, (width, height) = _reduced(image, size)
            box = (0, 0, width, height)
            small = plain.resize((side[0], side[1]), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
            whole = _on_white(small)
            return np.array(whole if turn is None else whole.transpose(turn))
        except Exception as error:
            raise _damaged(error) from error


def check_frame(size: int, frame: str) -> None:
    """Raise `OptionError` for a size or frame that photos cannot be brought to."""
    if not _SMALLEST <= size <= _LARGEST:
        raise OptionError(
            f"size is {size}.", f"Photos are read at {_SMALLEST} to {_LARGEST} pixels.", "96 is usual."
        )
    if frame not in get_args(Frame):
        raise OptionError(f"frame is {frame!r}.", "It is 'pad', 'crop' or 'stretch'.", "Choose one of them.")


def quiet() -> warnings.catch_warnings[None]:
    """A context in which Pillow's warnings about odd metadata stay unsaid; what matters is an error."""
    return warnings.catch_warnings(action="ignore")


def read_bytes(source: str | Path | bytes, limits: PhotoLimits) -> bytes:
    """The bytes of a source; `PhotoError` for an address, a missing or unreadable file and too long a one."""
    if isinstance(source, bytes):
        return source
    if str(source).lower().startswith(("http:", "https:", "ftp:", "data:")):
        raise PhotoError("It is a web address.", "Photos are read from files.", "Fetch the photo first.")
    path = Path(source)
    try:
        if not path.is_file():
            raise PhotoError(
                "There is no such file." if not path.exists() else "It is not a file.",
                "A photo is a file.",
                "Mend the path, or the folder that paths start from.",
            )
        length = path.stat().st_size
        if length > limits.bytes:
            raise too_long(length, limits)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise PhotoError(
            f"The file cannot be read ({_first_line(error)}).", "It must be readable.", "Mend it."
        ) from error


def open_photo(data: bytes, limits: PhotoLimits) -> Image.Image:
    """The photo opened by its header alone, nothing decoded yet; `PhotoError` for what is refused."""
    kind = format_of(data, limits)
    try:
        image = Image.open(BytesIO(data), formats=[kind])
        check_pixels(*image.size, limits)
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            tile = image.tag_v2.get(_TILE_WIDTH, 1), image.tag_v2.get(_TILE_LENGTH, 1)
            check_pixels(int(tile[0]), int(tile[1]), limits)
    except PhotoError:
        raise
    except Exception as error:  # decoders of hostile bytes raise anything; all of it means one thing
        raise _damaged(error) from error
    return image


def drafted(image: Image.Image, size: int) -> int:
    """How many pixels' worth of memory decoding takes, once a large JPEG is set to decode reduced.

    A progressive JPEG is held whole nevertheless.
    """
    whole = image.width * image.height
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return whole
    image.draft(None, (2 * size, 2 * size))
    return whole if image.info.get("progressive") else image.width * image.height


def render(image: Image.Image, size: int, frame: Frame) -> Pixels:
    """An opened photo as uint8 [size, size, 3]."""
    try:
        image.load()
        if isinstance(image, JpegImagePlugin.JpegImageFile) and _greyed(image):
            raise OSError("truncated: its lower part is missing")
        turn = _turn(image)
        small = _resized(*_reduced(image, size), size, frame)
        upright = _on_white(small).transpose(turn) if turn is not None else _on_white(small)
        return _padded(np.asarray(upright), size)
    except Exception as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> PhotoError:
    text = _first_line(error)
    if isinstance(error, Image.DecompressionBombError):
        said = re.search(r"\d+", text)
        given = f"The header says {int(said[0]):,} pixels." if said else "The header says too many pixels."
    elif isinstance(error, UnidentifiedImageError):
        given = "The header is damaged."
    elif "truncated" in text.lower() or "not enough" in text.lower():
        given = f"The file is cut short ({text})."
    else:
        given = f"The file is damaged ({text})."
    return PhotoError(given, "A photo is read whole or not at all.", "Fetch it again.")


def _first_line(error: Exception) -> str:
    """What an error says, without paths and in one short line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (said.splitlines() or [""])[0][:80] or type(error).__name__


def _greyed(image: Image.Image) -> bool:
    """Whether a JPEG decoder has filled the end of the photo up.

    Where data ends before its time but an end marker stands, it says nothing and fills with one grey, 128.
    """
    width, height = image.size
    first, last = (np.asarray(image.crop((0, row, width, row + 1)).convert("RGB")) for row in (0, height - 1))
    return bool((last == _FILLED).all() and not (first == _FILLED).all())


def _turn(image: Image.Image) -> Image.Transpose | None:
    """The turn that EXIF asks for; damaged EXIF asks for none."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # the pixels are sound, whatever the metadata
        return None


def _reduced(image: Image.Image, size: int) -> tuple[Image.Image, tuple[float, float]]:
    """The photo in a plain mode, and its width and height: the last pixels may stand for part of one.

    A large one is converted and averaged strip by strip, as a second copy of it would double memory.
    """
    factor = min(image.size) // (2 * size)
    if image.mode not in _CONVERTED or factor < 2:
        return _plain(image), image.size
    rows = factor * max(1, _STRIP // (image.width * factor))
    strips = [
        _plain(image.crop((0, top, image.width, min(top + rows, image.height)))).reduce(factor)
        for top in range(0, image.height, rows)
    ]
    whole = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for number, strip in enumerate(strips):
        whole.paste(strip, (0, number * (rows // factor)))
    return whole, (image.width / factor, image.height / factor)


def _plain(image: Image.Image) -> Image.Image:
    """The photo in a mode that resizes by averaging: L, RGB, CMYK, or RGBA where it is transparent."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(image))
    if "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa"):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr") else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Pixels:
    """Grey values of 16 or 32 bits at 8 bits; those of 32 bits that fit 8 bits, or [0, 1], are taken so."""
    if image.mode not in ("I", "F"):
        return (np.asarray(image) >> 8).astype(np.uint8)
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)
    peak = float(values.max())
    if image.mode == "F" and peak <= 1:
        values *= 255
    elif peak > 255:
        values /= 257
    return values.clip(0, 255).astype(np.uint8)


def _resized(image: Image.Image, extent: tuple[float, float], size: int, frame: Frame) -> Image.Image:
    """The photo at [size, size], or with its longer side at `size` for the frame "pad"."""
    width, height = extent
    side, box = (size, size), (0.0, 0.0, width, height)
    if frame == "pad":
        longest = max(width, height)
        side = max(1, round(width * size / longest)), max(1, round(height * size / longest))
    elif frame == "crop":
        edge = min(width, height)
        left, top = (width - edge) / 2, (height - edge) / 2
        box = (left, top, left + edge, top + edge)
    return image.resize(side, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _on_white(image: Image.Image) -> Image.Image:
    """The photo in RGB, what is transparent in white."""
    if image.mode != "RGBA":
        return image if image.mode == "RGB" else image.convert("RGB")
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image).convert("RGB")


def _padded(pixels: Pixels, size: int) -> Pixels:
    """The pixels in the middle of a square in the colour (median) of their border."""
    height, width = pixels.shape[:2]
    if (height, width) == (size, size):
        return pixels
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    square = np.empty((size, size, 3), dtype=np.uint8)
    square[:] = np.median(edges, axis=0)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square
