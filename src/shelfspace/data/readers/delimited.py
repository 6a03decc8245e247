"""Delimited text: CSV, TSV and their kin, fast where the text is clean and careful where it is not."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from shelfspace.data.readers.chunk import Chunk, Reject
from shelfspace.data.readers.damaged_lines import DamagedLines
from shelfspace.data.readers.encoding import GUESSED, LOST

DELIMITERS = ",\t;|"
#: A quoted cell longer than this is taken for a quote that was never closed.
CELL_LIMIT = 16 << 20
_QUOTE, _NEWLINE = ord('"'), ord("\n")


def delimiter_of(text: str) -> str:
    """The delimiter of a text that begins like this: the one that cuts most lines as it cuts the first."""
    lines = [line for line in text.replace("\0", "").splitlines()[:40] if line.strip()]
    if lines and (named := lines[0].lower().replace('"', "")).startswith("sep=") and len(named) == 5:
        return named[4]
    scores: dict[str, tuple[float, int]] = {}
    for sign in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign)] or [0]
        except csv.Error:
            widths = [line.count(sign) + 1 for line in lines]
        same = sum(width == widths[0] for width in widths) / len(widths)
        scores[sign] = (same * (widths[0] > 1), widths[0])
    return max(scores, key=lambda sign: (scores[sign][0] > 0.5, scores[sign][1], scores[sign][0]))


def header_of(cells: list[str]) -> list[str]:
    """Distinct column names: blank ones are numbered, repeated ones too; blank cells at the end go."""
    while len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.replace("\0", "").replace(GUESSED, "").split()) or f"column {place}"
        number, given = 2, name
        while name in names:
            name, number = f"{given} {number}", number + 1
        names[name] = None
    return list(names)


def read_delimited(blocks: Iterable[str], delimiter: str, names: list[str] | None = None) -> Iterator[Chunk]:
    """The rows of delimited text, chunk by chunk; the first line is the header where no `names` are given."""
    lines = DamagedLines(delimiter, CELL_LIMIT)
    pending, number = "", 0
    for block, last in _with_last(blocks):
        text = pending + block
        if names is None:
            cells, used = lines.header(text, last)
            if cells is None:
                pending = text
                continue
            names, text = header_of(cells), text[used:]
        pending, chunk = _rows(text, last, names, lines, number)
        if last and chunk is None and number == 0:
            chunk = Chunk(pl.DataFrame(schema=dict.fromkeys(names, pl.String)), pl.Series([], dtype=pl.Int64))
        if chunk is not None:
            yield chunk
            number = chunk_end(chunk, number)


def chunk_end(chunk: Chunk, before: int) -> int:
    """The highest row number that a chunk accounts for."""
    kept = int(chunk.rows[-1]) if len(chunk.rows) else before
    return max([kept, *(item.row for item in chunk.rejects if item.row is not None)])


def _with_last(blocks: Iterable[str]) -> Iterator[tuple[str, bool]]:
    held: str | None = None
    for block in blocks:
        if held is not None:
            yield held, False
        held = block
    yield held or "", True


def _rows(
    text: str, last: bool, names: list[str], lines: DamagedLines, number: int
) -> tuple[str, Chunk | None]:
    """What is left of `text` for the next time, and the rows of the rest."""
    if not text:
        return "", None
    if last and not text.endswith("\n") and '"' not in text[text.rfind("\n") + 1 :]:
        cut = text.rfind("\n") + 1  # the last line may be cut off: it is looked at apart
    else:
        cut = _clean_end(text, lines.delimiter)
    if cut > 0:
        table = _fast(text[:cut], names, lines.delimiter)
        if table is not None:
            rest = text[cut:]
            chunk = Chunk(table, pl.int_range(number + 1, number + 1 + table.height, eager=True))
            chunk.marked = any(mark in text for mark in (GUESSED, LOST, "\0"))
            if not last or not rest:
                return rest, chunk
            return "", _joined(chunk, _careful(rest, names, lines, number + table.height, True)[1])
    used, chunk = _careful(text, names, lines, number, last)
    return text[used:], chunk


def _joined(first: Chunk, second: Chunk) -> Chunk:
    return Chunk(
        pl.concat([first.table, second.table]),
        pl.concat([first.rows, second.rows]),
        first.rejects + second.rejects,
        marked=first.marked or second.marked,
    )


def _clean_end(text: str, delimiter: str) -> int:
    """Where the last whole record of well-formed text ends; 0 where the quoting is not well-formed.

    Quotes alternate between opening and closing. An opening one follows a delimiter or a line end, a closing
    one is followed by them, and two that touch stand for one.
    """
    if '"' not in text:
        return text.rfind("\n") + 1
    data = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    places = np.flatnonzero(data == _QUOTE)
    edge = np.zeros(256, dtype=bool)
    edge[[ord(delimiter), _NEWLINE]] = True
    before = edge[data[places - 1]]
    before[0] |= places[0] == 0
    after = edge[data[np.minimum(places + 1, len(data) - 1)]]
    after[-1] |= places[-1] == len(data) - 1
    touching = np.diff(places) == 1
    opening = before | np.concatenate([[False], touching])
    closing = after | np.concatenate([touching, [False]])
    if not (opening[0::2].all() and closing[1::2].all()):
        return 0
    newlines = np.flatnonzero(data == _NEWLINE)
    outside = newlines[np.searchsorted(places, newlines) % 2 == 0]
    if len(outside) == 0:
        return 0
    end = int(outside[-1]) + 1
    return end if text.isascii() else len(data[:end].tobytes().decode("utf-8"))


def _fast(text: str, names: list[str], delimiter: str) -> pl.DataFrame | None:
    """The rows of clean text by pyarrow; None where a row has another number of cells than the header."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    data = text.encode("utf-8")
    keys = [str(place) for place in range(len(names))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(
                column_names=keys, use_threads=False, block_size=len(data) + 1
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types={key: pa.large_string() for key in keys},
                strings_can_be_null=False,
                null_values=[],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.rename(dict(zip(keys, names, strict=True)))


def _careful(text: str, names: list[str], lines: DamagedLines, number: int, last: bool) -> tuple[int, Chunk]:
    rows, numbers, rejects, used = lines.read(text, len(names), number, last)
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    table = pl.DataFrame(
        [pl.Series(name, column, dtype=pl.String) for name, column in zip(names, columns, strict=True)]
    )
    marked = any(mark in text for mark in (GUESSED, LOST, "\0"))
    rejects = [Reject(*item) for item in rejects]
    return used, Chunk(table, pl.Series(numbers, dtype=pl.Int64), rejects, marked=marked)
