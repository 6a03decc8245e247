"""Delimited stock files taken apart so that they can be put together again, a few cells changed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import polars as pl

from shelfspace.data.readers.chunk import Reject
from shelfspace.data.readers.delimited import delimiter_of, header_of
from shelfspace.data.readers.encoding import encoding_of
from shelfspace.errors import FeedError

_SAMPLE = 256 << 10


class Cells(NamedTuple):
    """What a format adds to a `Sheet`."""

    table: pl.DataFrame
    records: list[int]
    rewrite: Callable[[dict[int, dict[str, str]]], bytes]
    rejects: list[Reject]
    exact: frozenset[str] = frozenset()


class _Record(NamedTuple):
    raw: str  # with its line end
    cells: list[str]


def delimited_cells(name: str, raw: bytes) -> Cells:
    """The cells of a delimited file; a record with more or fewer cells than the header is a reject.

    Raises `FeedError` where the text is in no encoding that can be written back, or is not delimited.
    """
    text, encoding = decoded(name, raw)
    delimiter = delimiter_of(text[:_SAMPLE])
    try:
        records = list(_records(text, delimiter))
    except csv.Error as error:
        raise FeedError(
            f"{name} cannot be taken apart ({error}).",
            "A quote that opens a cell closes it.",
            "Export it again.",
        ) from None
    start = next((place for place, (_, cells) in enumerate(records) if _is_header(cells)), len(records))
    if start == len(records):
        raise FeedError(f"{name} holds nothing.", "A stock file has a header.", "Export it again.")
    head, body = records[: start + 1], records[start + 1 :]
    columns = header_of(head[-1].cells)
    width = len(head[-1].cells)
    kept = [number for number, (_, cells) in enumerate(body, 1) if len(cells) == width]
    rejects = [
        Reject(number, None, raw.strip(), f"{len(cells)} cells, the header has {width}")
        for number, (raw, cells) in enumerate(body, 1)
        if cells and len(cells) != width
    ]
    table = pl.DataFrame(
        {column: [body[number - 1].cells[place] for number in kept] for place, column in enumerate(columns)},
        schema=dict.fromkeys(columns, pl.String),
    )
    places = {column: place for place, column in enumerate(columns)}

    def rewrite(changes: dict[int, dict[str, str]]) -> bytes:
        parts = [record.raw for record in head]
        for number, record in enumerate(body, 1):
            changed = {places[column]: new for column, new in changes.get(number, {}).items()}
            parts.append(_changed(record, changed, delimiter) if changed else record.raw)
        return "".join(parts).encode(encoding)

    return Cells(table, kept, rewrite, rejects)


def decoded(name: str, raw: bytes) -> tuple[str, str]:
    """The text and its encoding, such that encoding it again gives the same bytes; else `FeedError`."""
    for encoding in ("utf-8", encoding_of(raw[:_SAMPLE]), "cp1252"):
        try:
            text = raw.decode(encoding)
            if text.encode(encoding) == raw:
                return text, encoding
        except UnicodeError:
            continue
    raise FeedError(f"{name} is in no known encoding.", "A stock file is text.", "Save it as UTF-8.")


def _is_header(cells: list[str]) -> bool:
    """Whether a line is the header: not blank, and not the "sep=;" that Excel writes before it."""
    return any(cell.strip("\ufeff ") for cell in cells) and not cells[0].strip("\ufeff").lower().startswith(
        "sep="
    )


def _records(text: str, delimiter: str) -> Iterator[_Record]:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    for place, cells in enumerate(csv.reader(lines(), delimiter=delimiter)):
        if place == 0 and cells:
            cells = [cells[0].removeprefix("\ufeff").strip('"'), *cells[1:]]
        yield _Record("".join(taken), cells)
        taken.clear()


def _changed(record: _Record, changed: dict[int, str], delimiter: str) -> str:
    """The record with new cells, its other cells as they stand, quotes and line end included."""
    body = record.raw.rstrip("\r\n")
    end = record.raw[len(body) :]
    written = re.findall(rf'(?:^|{re.escape(delimiter)})("(?:[^"]|"")*"|[^{re.escape(delimiter)}]*)', body)
    if [_read(cell) for cell in written] != record.cells:  # odd quoting: written anew
        written = [_quoted(cell, "", delimiter) for cell in record.cells]
    for place, new in changed.items():
        written[place] = _quoted(new, written[place], delimiter)
    return delimiter.join(written) + end


def _read(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell[:1] == '"' == cell[-1:] and len(cell) > 1 else cell


def _quoted(text: str, before: str, delimiter: str) -> str:
    """The text as a cell: in quotes where it needs them, or where the cell `before` it had them."""
    if before.startswith('"') or re.search(rf'["\r\n{re.escape(delimiter)}]', text):
        return '"' + text.replace('"', '""') + '"'
    return text
