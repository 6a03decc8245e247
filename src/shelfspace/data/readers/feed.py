"""A feed on disk: opened, unpacked, and known by what it holds rather than by its suffix."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shelfspace.data.readers.encoding import Stream, encoding_of
from shelfspace.data.readers.gunzip import Gunzip
from shelfspace.errors import FeedError

SAMPLE = 256 << 10
NEEDED = "A feed is CSV, TSV, JSON, JSON lines, Parquet, Arrow, XML or an HTML page with product data."
_SCAN = 4 << 20
_SUFFIX = re.compile(
    r"\.(csv|tsv|txt|json|jsonl|ndjson|jsonld|xml|rss|atom|parquet|pq|arrow|feather|ipc|html?|gz|gzip)$",
    re.IGNORECASE,
)
_SIGNATURES = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow"),
)
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a WebP image or a sound"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)


class Plain:
    """The bytes of a file as they are."""

    problem: str | None = None

    def __init__(self, raw: BinaryIO) -> None:
        self.raw = raw

    def read(self, size: int) -> bytes:
        """At most `size` bytes, empty at the end."""
        return self.raw.read(size)


@dataclass(frozen=True)
class Feed:
    """A file that may be a feed: where it is, what messages call it, and its shop if no column names one."""

    path: Path
    name: str
    shop: str

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """The bytes of the feed, unpacked where they are gzip; `FeedError` where the file can't be opened."""
        try:
            raw = self.path.open("rb")
        except OSError as error:
            raise FeedError(
                f"{self.name} cannot be opened: {error.strerror or error}.",
                "A feed is a file that can be read.",
                "Check the path and the rights on it.",
            ) from None
        with raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            yield Gunzip(raw) if packed else Plain(raw)

    @property
    def packed(self) -> bool:
        """Whether the file is gzip."""
        with self.path.open("rb") as raw:
            return raw.read(2) == b"\x1f\x8b"

    def whole(self) -> tuple[bytes, str | None]:
        """All bytes of the feed, unpacked, and the reason where they end early."""
        with self.open() as stream:
            buffer = io.BytesIO()
            while data := stream.read(_SCAN):
                buffer.write(data)
            return buffer.getvalue(), stream.problem


def feeds(paths: list[Path]) -> list[Feed]:
    """The feeds at `paths`; files of one name get their folder's name as well, so that shops stay apart."""
    stems = [stem(path) for path in paths]
    feeds = []
    for path, name in zip(paths, stems, strict=True):
        twin = stems.count(name) > 1
        feeds.append(Feed(path, path.name, f"{path.resolve().parent.name}-{name}" if twin else name))
    return feeds


def stem(path: Path) -> str:
    """The file's name without its suffixes, of which "shop.csv.gz" has two."""
    name = path.name
    while (shorter := _SUFFIX.sub("", name)) not in ("", name):
        name = shorter
    return name


def refuse(
    feed: Feed, given: str, remedy: str = "Export the products again and pass that file."
) -> FeedError:
    """The error for a file that is no feed."""
    return FeedError(f"{feed.name} {given}.", NEEDED, remedy)


def check_file(feed: Feed) -> None:
    """Raise `FeedError` where there is no such file, or it is a folder or empty."""
    if not feed.path.exists():
        raise refuse(feed, "does not exist", f"Check the path {os.fspath(feed.path)!r}.")
    if feed.path.is_dir():
        raise refuse(feed, "is a folder", "Pass the files in it, one by one or as a list.")
    if not feed.path.is_file():
        raise refuse(feed, "is no ordinary file", "Save its content to a file first.")
    if feed.path.stat().st_size == 0:
        raise refuse(feed, "is empty")


def binary_kind(feed: Feed, head: bytes) -> str | None:
    """ "parquet" or "arrow" by the first bytes, None for text; `FeedError` for any other binary file."""
    for mark, kind in _SIGNATURES:
        if head.startswith(mark):
            return kind
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            raise refuse(feed, f"is {what}", "Export the products as CSV and pass that file.")
    return None


def sample_text(feed: Feed) -> tuple[bytes, str, str]:
    """The first bytes of the feed, its encoding, and the first characters in it.

    The encoding is judged where the first non-ASCII bytes stand, however far into the feed that is.
    `FeedError` where the feed is binary or holds nothing.
    """
    with feed.open() as stream:
        head = stream.read(SAMPLE)
        if not head:
            given = f"holds nothing: {stream.problem}" if stream.problem else "is empty"
            raise refuse(feed, given)
        if binary_kind(feed, head):
            return head, "", ""
        telling = head
        while telling.isascii() and (more := stream.read(_SCAN)):
            telling = more
        if telling is not head and not telling.isascii():
            first = next(place for place, byte in enumerate(telling) if byte > 127)
            telling = telling[telling.rfind(b"\n", 0, first) + 1 :][:SAMPLE]
    encoding = encoding_of(telling if head.isascii() else head)
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    odd = sum((char < " " and char not in "\t\n\r\f\0") or char == "\ufffd" for char in text)
    if odd > 0.1 * len(text):
        raise refuse(feed, "is a binary file")
    if not text.strip("\0 \t\r\n\ufeff"):
        raise refuse(feed, "holds nothing but blanks")
    return head, encoding, text
