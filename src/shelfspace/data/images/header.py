"""What a photo's first bytes say, read before any decoder sees them."""

from __future__ import annotations

import struct

from shelfspace.data.images.limits import PhotoLimits
from shelfspace.errors import PhotoError

#: The formats that are decoded, by their first bytes; nothing else reaches a decoder.
_FORMATS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
#: What is found most often in place of a photo, for the reason only.
_OTHERS = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x00\x00\x00\x0cjP", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL", "JPEG XL"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"{", "JSON text"),
)
_MARKUP = ((b"<svg", "an SVG drawing"), (b"<html", "a web page"), (b"<!doctype", "a web page"), (b"<", "XML"))
_START_OF_SCAN = b"\xff\xda"


def format_of(data: bytes, limits: PhotoLimits) -> str:
    """The format of a photo, by its content and never by its name, in Pillow's word.

    Raises `PhotoError` for no bytes, more than `limits.bytes`, what is no photo of a known format, a WebP
    whose canvas is beyond `limits.pixels` (its decoder takes memory on opening) and a JPEG of too many
    scans.
    """
    if not data:
        raise PhotoError("The file is empty.", "A photo has content.", "Fetch it again.")
    if len(data) > limits.bytes:
        raise too_long(len(data), limits)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        check_pixels(*_webp_size(data), limits)
        return "WEBP"
    for start, name in _FORMATS:
        if data.startswith(start):
            if name == "JPEG" and data.count(_START_OF_SCAN) > limits.scans:
                raise PhotoError(
                    f"The JPEG has {data.count(_START_OF_SCAN)} scans.",
                    f"At most {limits.scans} are read.",
                    "Save it again.",
                )
            return name
    raise PhotoError(
        f"The content is {_looks_like(data)}.",
        "Photos are read from JPEG, PNG, WebP, GIF, BMP and TIFF.",
        "Save the photo in one of these formats.",
    )


def too_long(length: int, limits: PhotoLimits) -> PhotoError:
    """The refusal of a file of `length` bytes."""
    return PhotoError(
        f"The file has {length:,} bytes.",
        f"At most {limits.bytes:,} are read.",
        "Save the photo smaller, or raise the limit.",
    )


def check_pixels(width: int, height: int, limits: PhotoLimits) -> None:
    """Raise `PhotoError` where a photo of this size has no pixel, or more than `limits` allow."""
    if width < 1 or height < 1:
        raise PhotoError(f"The photo is {width} × {height}.", "A photo has pixels.", "Fetch it again.")
    if width * height > limits.pixels:
        raise PhotoError(
            f"The header says {width:,} × {height:,} pixels.",
            f"At most {limits.pixels:,} are read.",
            "Save the photo smaller, or raise the limit.",
        )


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height as the first chunk of a WebP file states them."""
    chunk, body = data[12:16], data[20:30]
    if chunk == b"VP8X" and len(body) == 10:
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and len(body) == 10:
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise PhotoError("The WebP header is damaged.", "It states a size.", "Fetch the photo again.")


def _looks_like(data: bytes) -> str:
    for start, name in _OTHERS:
        if data.startswith(start):
            return name
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return "AVIF" if brand in (b"avif", b"avis") else "HEIC" if brand in _HEIC else "a video"
    text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<"):
        return next(name for mark, name in _MARKUP if mark in text)
    return "no known image format" if any(data[:1024]) else "nothing but zero bytes"


_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
