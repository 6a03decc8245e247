"""How much of a photo is borne before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

from shelfspace.errors import OptionError


@dataclass(frozen=True)
class PhotoLimits:
    """Bytes a file, and pixels as its header states them, before anything is decoded.

    All photos being decoded at one moment share one allowance of `pixels`, so it bounds memory too: up to
    about 8 bytes a pixel, whatever the number of threads. `scans` is how often a progressive JPEG may draw
    itself over; files that do it hundreds of times exist to take time.

    Raises `OptionError` for a limit below 1.
    """

    bytes: int = 32 * 2**20
    pixels: int = 50_000_000
    scans: int = 100

    def __post_init__(self) -> None:
        _check(bytes=self.bytes, pixels=self.pixels, scans=self.scans)


@dataclass(frozen=True)
class VideoLimits:
    """Bytes a file, its `seconds`, the `pixels` of one picture, and how many pictures are `decoded` in all.

    Raises `OptionError` for a limit below 1.
    """

    bytes: int = 512 * 2**20
    seconds: float = 600.0
    pixels: int = 10_000_000
    decoded: int = 6_000

    def __post_init__(self) -> None:
        _check(bytes=self.bytes, seconds=self.seconds, pixels=self.pixels, decoded=self.decoded)


def _check(**limits: float) -> None:
    for name, limit in limits.items():
        if not limit >= 1:
            raise OptionError(f"{name} is {limit}.", "A limit is at least 1.", "Raise it.")
