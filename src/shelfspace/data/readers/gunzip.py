"""Gzip streams, within limits and as far as they go."""

from __future__ import annotations

import zlib
from typing import BinaryIO

LIMIT_MIB = 64 * 1024
#: Text packs 3 to 30 times. Beyond this, past the first megabytes, the file is made to fill a machine.
RATIO = 150
FREE_MIB = 32
_MIB = 1 << 20


class Gunzip:
    """The bytes inside a gzip stream; `problem` says why they end early, None where they do not."""

    def __init__(self, raw: BinaryIO, limit_mib: int = LIMIT_MIB) -> None:
        self.raw = raw
        self.limit = limit_mib * _MIB
        self.problem: str | None = None
        self._inflate = zlib.decompressobj(wbits=31)
        self._packed = b""
        self._in = self._out = 0
        self._begun = self._done = False

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end, at damage and at a limit."""
        parts: list[bytes] = []
        while size > 0 and not self._done:
            part = self._more(size)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _more(self, size: int) -> bytes:
        if not self._packed:
            self._packed = self.raw.read(1 << 16)
            self._in += len(self._packed)
        if not self._packed:
            return self._stop("the gzip stream is cut off" if self._begun else None)
        try:
            part = self._inflate.decompress(self._packed, size)
        except zlib.error:
            # Bytes behind a complete member are padding, which gzip itself ignores.
            return self._stop("the gzip stream is damaged" if self._begun or not self._out else None)
        self._begun = True
        self._packed = self._inflate.unconsumed_tail
        if self._inflate.eof:  # another member may follow
            self._packed = self._inflate.unused_data.lstrip(b"\0")
            self._inflate, self._begun = zlib.decompressobj(wbits=31), False
        self._out += len(part)
        if self._out > self.limit or (self._out > FREE_MIB * _MIB and self._out > RATIO * self._in):
            self._stop(
                f"the gzip stream unpacks to {self._out / max(1, self._in):,.0f} times its size: cut here"
            )
        return part

    def _stop(self, problem: str | None) -> bytes:
        self._done, self.problem = True, problem
        return b""
