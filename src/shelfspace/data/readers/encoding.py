"""Which encoding a text has, and its characters."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Protocol

#: A byte that the encoding does not know, in a text otherwise UTF-8: read as Windows-1252 and marked by this.
GUESSED = "\ufffe"
#: What an unknown byte becomes in any other encoding.
LOST = "\ufffd"
_BLOCK = 4 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = (
    "cp1252",
    "gb18030",
    "cp932",
    "big5",
    "euc_kr",
    "euc_jp",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


class Stream(Protocol):
    """Bytes to read, and the reason where they end early."""

    problem: str | None

    def read(self, size: int) -> bytes:
        """At most `size` bytes, empty at the end."""


def _guess(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace") + GUESSED, error.end


codecs.register_error("shelfspace.guess", _guess)


def encoding_of(sample: bytes) -> str:
    """The encoding of a text that begins with `sample`: a BOM's, else UTF-8 where it is mostly that, else…

    UTF-16 and UTF-32 without a BOM show by their zero bytes, an XML declaration is believed, and for the rest
    charset-normalizer chooses, Windows-1252 where it has no opinion.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if wide := _wide(sample):
        return wide
    if _mostly_utf8(sample):
        return "utf-8"
    if (declared := _DECLARED.search(sample[:200])) and (name := declared[1].decode().lower()) != "utf-8":
        try:
            codecs.lookup(name)
            return name
        except LookupError:
            pass
    return _likeliest(sample)


def _wide(sample: bytes) -> str | None:
    """UTF-16 or -32 by where the zero bytes of its ASCII characters stand."""
    sample = sample[:4096]
    if len(sample) < 8 or sample.count(0) < len(sample) * 0.2:
        return None
    zeros = [sample[place::4].count(0) / len(sample[place::4]) for place in range(4)]
    if min(zeros[2:]) > 0.9 and zeros[0] < 0.1:
        return "utf-32-le"
    if min(zeros[:2]) > 0.9 and zeros[3] < 0.1:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if even < 0.1 < 0.2 < odd:
        return "utf-16-le"
    return "utf-16-be" if odd < 0.1 < 0.2 < even else None


def _mostly_utf8(sample: bytes) -> bool:
    """Whether the non-ASCII characters are UTF-8, but for a few stray bytes at most."""
    text = sample.decode("utf-8", "shelfspace.guess")
    bad = text.count(GUESSED)
    if bad and text.rstrip(GUESSED) != text and bad <= 3:  # the sample's last character may be cut
        bad = 0
    foreign = sum(map(len, re.findall(r"[^\x00-\x7f]+", text))) - 2 * text.count(GUESSED)
    return bad == 0 or bad * 10 <= foreign


def _likeliest(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    foreign = b"\n".join(lines[:-1] or lines)[: 64 << 10]  # the last line may be cut inside a character
    if sum(byte > 127 for byte in foreign) < 4:
        return "cp1252"
    found = from_bytes(foreign, cp_isolation=list(_CANDIDATES)).best()
    if found is None or (found.encoding == "cp1250" and not _central_european(foreign)):
        return "cp1252"
    return str(found.encoding)


def _central_european(text: bytes) -> bool:
    """Whether Polish or Czech letters stand where western languages have signs."""
    return sum(text.count(byte) for byte in (b"\xb3", b"\xb9", b"\x9f", b"\xbf", b"\x9e", b"\x9d")) > 1


def text_blocks(stream: Stream, encoding: str, block: int = _BLOCK) -> Iterator[str]:
    """The characters of `stream` block by block, with one kind of line end.

    Bytes that are no UTF-8 become what Windows-1252 makes of them, each followed by the mark `GUESSED`; in
    other encodings they become `LOST`.
    """
    errors = "shelfspace.guess" if encoding.startswith("utf-8") else "replace"
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)
    while data := stream.read(block):
        if text := decoder.decode(data):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text
