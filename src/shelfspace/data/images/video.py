"""A product video as a few of its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt

from shelfspace.data.images.decode import Frame, Pixels, check_frame, quiet, render
from shelfspace.data.images.limits import VideoLimits
from shelfspace.data.images.photos import Photos
from shelfspace.errors import MissingExtraError, OptionError, PhotoError

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

#: Formats by their content, in FFmpeg's words. A named format keeps playlists, which open other files, out.
_FORMATS = (
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (8, b"AVI ", "avi"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"G", "mpegts"),
    (0, b"FLV", "flv"),
    (0, b"OggS", "ogg"),
)
_INDEXED = ("mov", "matroska", "avi")  # those in which a time can be sought; others are read through
_MICROSECONDS = 1_000_000
_EARLY = 0.1  # of the duration: the sound may go on so much longer than the picture


def read_video(
    source: str | Path | bytes,
    n: int = 8,
    size: int = 96,
    frame: Frame = "pad",
    limits: VideoLimits | None = None,
) -> Photos:
    """Up to `n` pictures of a video, evenly spaced over its time, as `Photos` that are all found.

    Each stands in the middle of one of n equal parts. A video of fewer pictures gives each once. `size` and
    `frame` are those of `decode_photo`. Encode them like photos, and `pooled` makes one vector of theirs.

    Raises `MissingExtraError` without PyAV, `PhotoError` with its `reason` for what is missing, damaged, cut
    short, no video or beyond `limits`, and `OptionError` for another size or frame and `n` below 1.
    """
    check_frame(size, frame)
    if n < 1:
        raise OptionError(f"n is {n}.", "At least 1 picture is taken.", "8 is usual.")
    av_open = _av_open()
    limits = limits or VideoLimits()
    with _opened(source, limits) as file, quiet():
        kind = _kind(file.read(64))
        file.seek(0)
        try:
            with av_open(file, format=kind) as container:
                pictures = list(_pictures(container, n, size, frame, limits))
        except PhotoError:
            raise
        except Exception as error:  # decoders of hostile bytes raise anything; all of it means one thing
            raise _damaged(str(error) or type(error).__name__) from error
    if not pictures:
        raise _damaged("no picture in it")
    return Photos(np.stack(pictures), np.ones(len(pictures), dtype=np.bool_))


def pooled(vectors: npt.NDArray[np.float32], lengths: Sequence[int]) -> npt.NDArray[np.float32]:
    """One unit vector a video [len(lengths), d]: the mean of its pictures' unit vectors, normalised.

    `vectors` [Σ lengths, d] are the pictures' vectors, video after video, `lengths` how many each has. A
    video without pictures, or whose vectors cancel, is the zero vector. Raises `OptionError` where the
    lengths do not add up.

    >>> pooled(np.array([[2, 0], [0, 5]], dtype=np.float32), [2, 0]).round(3).tolist()
    [[0.7070000171661377, 0.7070000171661377], [0.0, 0.0]]
    """
    if sum(lengths) != len(vectors) or any(length < 0 for length in lengths):
        raise OptionError(
            f"The lengths add up to {sum(lengths)}, there are {len(vectors)} vectors.",
            "Each vector belongs to one video.",
            "Give the number of pictures of each video, in order.",
        )
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    sums = np.zeros((len(lengths), vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, owners, units)
    long = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(np.where(long > 1e-6, sums / np.maximum(long, 1e-6), 0.0), dtype=np.float32)


def _pictures(
    container: InputContainer, n: int, size: int, frame: Frame, limits: VideoLimits
) -> Iterator[Pixels]:
    if not container.streams.video:
        raise PhotoError("The file has no pictures.", "A video shows something.", "Give another file.")
    stream = container.streams.video[0]
    duration = _checked_duration(container, stream, limits)
    stream.codec_context.options = {"max_pixels": str(limits.pixels)}
    stream.codec_context.thread_count = 1
    budget = _Budget(limits.decoded)
    chosen: Iterable[VideoFrame]
    times = [(duration or 0.0) * (part + 0.5) / n for part in range(n)]
    if duration is None:
        chosen = _evenly(budget.spent(container.decode(stream)), n)
    elif container.format.name.split(",")[0] in _INDEXED:
        chosen = _sought(container, stream, times, budget)
    else:
        chosen = _passing(budget.spent(container.decode(stream)), times)
    shown: set[int | None] = set()
    for picture in chosen:
        if picture.pts is None or picture.pts not in shown:
            shown.add(picture.pts)
            image = picture.to_image()  # type: ignore[no-untyped-call]
            turn = int(getattr(picture, "rotation", 0) or 0)
            yield render(image.rotate(turn, expand=True) if turn else image, size, frame)


def _checked_duration(container: InputContainer, stream: VideoStream, limits: VideoLimits) -> float | None:
    """The seconds that the header states, None where it does not; `PhotoError` beyond the limits."""
    context = stream.codec_context
    if context.width * context.height > limits.pixels:
        raise PhotoError(
            f"The header says {context.width:,} × {context.height:,} pixels.",
            f"At most {limits.pixels:,} are read.",
            "Save the video smaller, or raise the limit.",
        )
    if stream.duration is not None and stream.time_base is not None:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        seconds = container.duration / _MICROSECONDS
    else:
        return None
    if seconds > limits.seconds:
        raise PhotoError(
            f"The video lasts {seconds:,.0f} seconds.",
            f"At most {limits.seconds:,.0f} are read.",
            "Cut it, or raise the limit.",
        )
    return seconds if seconds > 0 else None


class _Budget:
    """How many more pictures may be decoded."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spent(self, pictures: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        """The sound pictures; `PhotoError` for one too many."""
        for picture in pictures:
            self.left -= 1
            if self.left < 0:
                raise PhotoError(
                    "The video takes too many pictures to read.",
                    "A limit is set on those decoded.",
                    "Save it with more key frames, or raise the limit.",
                )
            if not picture.is_corrupt:
                yield picture


def _sought(
    container: InputContainer, stream: VideoStream, seconds: Sequence[float], budget: _Budget
) -> Iterator[VideoFrame]:
    """The picture shown at each of the times; `PhotoError` where there is none near."""
    base = stream.time_base
    assert base is not None  # a stream with a duration has one
    begin = stream.start_time or 0
    for second in seconds:
        goal = begin + int(second / base)
        container.seek(goal, stream=stream, backward=True)
        last = None
        for picture in budget.spent(container.decode(stream)):
            if picture.pts is not None and picture.pts > goal and last is not None:
                break
            last = picture
            if picture.pts is not None and picture.pts >= goal:
                break
        missed = goal - (last.pts if last is not None and last.pts is not None else goal)
        if last is None or missed * base > _EARLY * max(seconds) + 1:
            raise _cut_short(second)
        yield last


def _passing(pictures: Iterator[VideoFrame], seconds: Sequence[float]) -> Iterator[VideoFrame]:
    """The picture at each of the times, in one pass; `PhotoError` where a long stretch of time has none."""
    waiting = list(seconds)
    begin = before = None
    last = None
    for picture in pictures:
        if picture.time is None:
            continue
        begin = picture.time if begin is None else begin
        if before is not None and picture.time - before > _EARLY * seconds[-1] + 1:
            raise _cut_short(before - begin)
        before, last = picture.time, picture
        while waiting and picture.time - begin >= waiting[0] - 1e-6:
            yield picture
            del waiting[0]
    if waiting and last is not None and before is not None and begin is not None:
        if seconds[-1] - (before - begin) > _EARLY * seconds[-1] + 1:
            raise _cut_short(before - begin)
        yield last


def _evenly(pictures: Iterator[VideoFrame], n: int) -> list[VideoFrame]:
    """Up to n pictures evenly spaced, of how many there are; holds no more than 2n at once."""
    kept: list[VideoFrame] = []
    stride = 1
    for number, picture in enumerate(pictures):
        if number % stride == 0:
            kept.append(picture)
        if len(kept) > 2 * n:
            kept, stride = kept[::2], 2 * stride
    places = ((np.arange(min(n, len(kept))) + 0.5) * len(kept) / max(1, min(n, len(kept)))).astype(int)
    return [kept[place] for place in places]


def _opened(source: str | Path | bytes, limits: VideoLimits) -> BinaryIO:
    """The source as a file, so that FFmpeg never sees a path or an address."""
    try:
        if not isinstance(source, bytes) and not Path(source).is_file():
            raise PhotoError("There is no such file.", "A video is a file.", "Mend the path.")
        length = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
        if length == 0 or length > limits.bytes:
            raise PhotoError(
                f"The file has {length:,} bytes.",
                f"A video has 1 to {limits.bytes:,}.",
                "Fetch it again, save it smaller, or raise the limit.",
            )
        return BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")
    except (OSError, ValueError) as error:
        raise PhotoError(f"The file cannot be read ({error}).", "It must be readable.", "Mend it.") from error


def _kind(head: bytes) -> str:
    for place, mark, name in _FORMATS:
        if head[place : place + len(mark)] == mark:
            return name
    raise PhotoError(
        "The content is no known video format.",
        "Videos are read from MP4, MOV, WebM, MKV, AVI, MPEG, FLV and Ogg.",
        "Save it in one of these formats.",
    )


def _damaged(said: str) -> PhotoError:
    first = (said.splitlines() or [""])[0][:80]
    return PhotoError(
        f"The video is damaged ({first}).", "It is read whole or not at all.", "Fetch it again."
    )


def _cut_short(seconds: float) -> PhotoError:
    return PhotoError(
        f"The video is cut short (nothing at {seconds:.1f} seconds).",
        "A video is read whole or not at all.",
        "Fetch it again.",
    )


def _av_open() -> Callable[..., InputContainer]:
    """PyAV's `open`, with FFmpeg's own messages kept off standard error."""
    try:
        import av
        import av.logging
    except ImportError as error:
        raise MissingExtraError(
            "PyAV is not installed.", "Videos are read with it.", 'pip install "shelfspace[video]".'
        ) from error
    av.logging.set_level(None)
    return av.open
