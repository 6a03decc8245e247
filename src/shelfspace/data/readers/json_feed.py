"""JSON feeds: lines, arrays and documents, element by element, damaged elements apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from shelfspace.data.readers.chunk import CHUNK_ROWS, Chunk, Reject, records_chunk
from shelfspace.data.readers.flatten import Record, products_in
from shelfspace.data.readers.json_ld import scripts

#: Products are taken from the first list of objects under one of these names.
_LISTS = (
    "products|items|offers|data|results|entries|records|rows|listings|catalog|feed|@graph|itemListElement"
)
_ARRAY = re.compile(rf'"({_LISTS})"\s*:\s*\[\s*(?=\{{)')
_HEAD = 1 << 20
#: An element longer than this is given up.
_ELEMENT_LIMIT = 64 << 20
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|"', re.DOTALL)
_FOLLOWS = re.compile(r"\s*(?:[,\]]|\Z)")
_BETWEEN = re.compile(r"[\s,]*")

#: A parsed value and "", or None and what is wrong: the reason, a newline, and the text.
Element = tuple[Any, str]


def read_json_lines(blocks: Iterable[str]) -> Iterator[Chunk]:
    """The products of JSON lines."""
    return _chunks(_line_elements(blocks))


def read_json(blocks: Iterable[str]) -> Iterator[Chunk]:
    """The products of a JSON array, of the list of objects in a JSON document, or of the document itself."""
    return _chunks(_array_elements(iter(blocks)))


def read_page(page: str) -> Iterator[Chunk]:
    """The products of the JSON-LD in an HTML page."""
    return _chunks(chain.from_iterable(_array_elements(iter([text])) for text in scripts(page)))


def _chunks(elements: Iterable[Element]) -> Iterator[Chunk]:
    records: list[Record] = []
    rows: list[int] = []
    rejects: list[Reject] = []
    row = 0
    for value, damage in elements:
        if damage:
            row += 1
            reason, _, text = damage.partition("\n")
            rejects.append(Reject(row, None, text, reason))
            continue
        try:
            found = list(products_in(value))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            row += 1
            rejects.append(Reject(row, None, str(value)[:200], f"no product: {error}"))
            continue
        for record in found:
            row += 1
            records.append(record)
            rows.append(row)
        if len(records) >= CHUNK_ROWS:
            yield records_chunk(records, rows, rejects)
            records, rows, rejects = [], [], []
    if records or rejects:
        yield records_chunk(records, rows, rejects)


def _line_elements(blocks: Iterable[str]) -> Iterator[Element]:
    pending = ""
    for block in blocks:
        lines = (pending + block).split("\n")
        pending = lines.pop()
        if len(pending) > _ELEMENT_LIMIT:
            yield None, f"a line of more than {_ELEMENT_LIMIT >> 20} MiB\n{pending[:200]}"
            pending = ""
        for line in lines:
            yield from _line(line)
    yield from _line(pending, "cut off: ")


def _line(line: str, cut: str = "") -> Iterator[Element]:
    line = line.strip("\ufeff \t\r\0")
    if not line or line in "[],":
        return
    try:
        yield json.loads(line.rstrip(",")), ""
    except json.JSONDecodeError as error:
        yield None, f"{cut}{_said(error)}\n{line[:200]}"
    except (RecursionError, ValueError):
        yield None, f"nested too deep or a number too long\n{line[:200]}"


def _said(error: json.JSONDecodeError) -> str:
    return f"not JSON: {error.msg[:1].lower()}{error.msg[1:]} at character {error.pos + 1}"


class _Buffer:
    """Text that is read on when more of it is needed."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self.blocks = blocks
        self.text = ""
        self.place = 0
        self.ended = False

    def more(self) -> bool:
        """Read another block; False at the end of the text."""
        block = next(self.blocks, None)
        self.ended = block is None
        self.text = self.text[self.place :] + (block or "")
        self.place = 0
        return not self.ended

    def skip(self) -> str:
        """Go to the next character that is neither space nor comma and return it, "" at the end."""
        while True:
            match = _BETWEEN.match(self.text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self.text):
                return self.text[self.place]
            if not self.more():
                return ""


def _array_elements(blocks: Iterator[str]) -> Iterator[Element]:
    buffer = _Buffer(blocks)
    while len(buffer.text) < _HEAD and buffer.more():
        pass
    buffer.text = buffer.text.lstrip("\ufeff \t\r\n\0")
    if buffer.text.startswith("["):
        buffer.place = 1
    elif match := _ARRAY.search(buffer.text, 0, _HEAD):
        if match[1] in ("@graph", "itemListElement"):
            yield from _whole(buffer)
            return
        buffer.place = match.end()
    else:
        yield from _whole(buffer)
        return
    yield from _elements(buffer)


def _whole(buffer: _Buffer) -> Iterator[Element]:
    """The document as one element."""
    parts = [buffer.text]
    size = len(buffer.text)
    for block in buffer.blocks:
        parts.append(block)
        size += len(block)
        if size > _ELEMENT_LIMIT:
            yield (
                None,
                f"a document of more than {_ELEMENT_LIMIT >> 20} MiB that is no list\n{parts[0][:200]}",
            )
            return
    yield from _line("".join(parts))


def _elements(buffer: _Buffer) -> Iterator[Element]:
    decode = json.JSONDecoder().raw_decode
    while (char := buffer.skip()) not in ("", "]"):
        try:
            value, end = decode(buffer.text, buffer.place)
            # A number at the end of the text may go on in the next block.
            if end == len(buffer.text) and char not in '{["' and buffer.more():
                continue
            buffer.place = end
            yield value, ""
            continue
        except json.JSONDecodeError as error:
            reason = _said(error)
        except (RecursionError, ValueError):
            reason = "nested too deep or a number too long"
        resumed = _element_end(buffer.text, buffer.place)
        if resumed < 0 and not buffer.ended and len(buffer.text) - buffer.place < _ELEMENT_LIMIT:
            buffer.more()
            continue
        if resumed < 0:
            resumed = _next_object(buffer.text, buffer.place + 1)
        shown = buffer.text[buffer.place : buffer.place + 200]
        yield None, f"{reason if resumed >= 0 else 'cut off: ' + reason}\n{shown}"
        if resumed < 0:
            return
        buffer.place = resumed


def _element_end(text: str, place: int) -> int:
    """Where the brackets of the element at `place` are all closed again, -1 where they never are."""
    depth = 0
    for match in _TOKEN.finditer(text, place):
        token = match.group()
        if token == '"':
            return -1
        if token in "{[":
            depth += 1
        elif token in "}]":
            depth -= 1
            if depth <= 0:
                end = match.end()
                return end if depth == 0 and _FOLLOWS.match(text, end) else -1
    return -1


_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")


def _next_object(text: str, place: int) -> int:
    """Where the next object of the list seems to begin."""
    match = _OBJECT.search(text, place)
    return match.end() if match else -1
