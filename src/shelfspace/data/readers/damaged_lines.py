"""Delimited text record by record, so that one broken quote or line costs that line and no other."""

from __future__ import annotations

import re

from shelfspace.data.readers.chunk import DROPPED_ROW, FLAGGED, Reject

_SIGNS = ",;\t|"
_SMALLEST_LIMIT = 64 << 10


class DamagedLines:
    """A careful reader of records with one `delimiter`.

    A record may span lines inside quotes. Where its quoting is broken, or it swallows lines that make records
    of their own, only its first line is judged and reading goes on with the next.
    """

    def __init__(self, delimiter: str, cell_limit: int) -> None:
        self.delimiter = delimiter
        self.limit = cell_limit
        sign = re.escape(delimiter)
        self._quoted = re.compile(rf' *"([^"]*(?:""[^"]*)*)"[ ]*(?=({sign}|\n)|\Z)')
        self._open = re.compile(r' *"[^"]*(?:""[^"]*)*"?\Z')
        self._opening = re.compile(' *"')
        self._bare = re.compile(rf"[^{sign}\n]*")

    def header(self, text: str, last: bool) -> tuple[list[str] | None, int]:
        """The cells of the first line that has any, and how far it goes; None where more text is needed."""
        start = 0
        while start < len(text):
            end = text.find("\n", start)
            if end < 0 and not last:
                return None, 0
            line = text[start : end if end >= 0 else len(text)]
            named = line.lower().replace('"', "")
            if line.strip("\0 \t\ufeff") and not (named.startswith("sep=") and len(named) == 5):
                record = self._record(text, start, last)
                if isinstance(record, tuple):
                    return record
                return line.split(self.delimiter), start + len(line) + 1
            start += len(line) + 1
        return (None, 0) if not last else ([""], len(text))

    def read(
        self, text: str, width: int, number: int, last: bool
    ) -> tuple[list[list[str]], list[int], list[Reject], int]:
        """The records of `width` cells, their numbers after `number`, the rejects, and how far they go."""
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        place = 0
        while place < len(text):
            end = text.find("\n", place)
            if end < 0:
                if not last and len(text) - place < self.limit:
                    break
                end = len(text)
            line = text[place:end]
            if not line.strip("\0 \t"):
                place = end + 1
                if "\0" in line:
                    number += 1
                    rejects.append(Reject(number, None, "", "a line of NUL bytes"))
                continue
            record = self._cells(text, place, end, width, last)
            if record is None:
                break
            cells, following = record
            number += 1
            cells, note = self._judged(cells, line, width, last and end == len(text))
            if note:
                kept = cells is not None
                rejects.append(Reject(number, None, line, note, FLAGGED if kept else DROPPED_ROW))
            if cells is not None:
                rows.append(cells)
                numbers.append(number)
            place = following
        return rows, numbers, rejects, min(place, len(text))

    def _cells(
        self, text: str, place: int, end: int, width: int, last: bool
    ) -> tuple[list[str] | None, int] | None:
        """The cells of a record (None where broken) and where the next begins; None if it needs more text."""
        if text.find('"', place, end) < 0:
            return text[place:end].split(self.delimiter), end + 1
        record = self._record(text, place, last)
        if record == "more" and not last and len(text) - place < self.limit:
            return None
        if not isinstance(record, tuple):
            self.limit = max(self.limit // 2, _SMALLEST_LIMIT)
            return None, end + 1
        if record[1] > end + 1 and len(record[0]) != width:
            return None, end + 1
        return record

    def _record(self, text: str, place: int, last: bool) -> tuple[list[str], int] | str:
        """The cells of the record at `place` and where the next begins; "broken", or "more" if it is cut."""
        cells: list[str] = []
        stop = min(len(text), place + self.limit)
        while True:
            match = self._quoted.match(text, place, stop)
            if match is not None and match.end() == len(text) and not last:
                return "more"
            if match is not None:
                cells.append(match[1].replace('""', '"'))
            elif self._opening.match(text, place):
                return "more" if stop == len(text) and self._open.match(text, place) else "broken"
            else:
                match = self._bare.match(text, place)
                assert match is not None
                cells.append(match.group())
            place = match.end()
            if place >= len(text) or text[place] == "\n":
                return cells, place + 1
            place += 1

    def _judged(
        self, cells: list[str] | None, line: str, width: int, cut: bool
    ) -> tuple[list[str] | None, str]:
        """The cells of a record if it has a place in the table, and what is to be said about it."""
        if cells is not None:
            if len(cells) == width:
                return cells, ""
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                return cells[:width], ""
        naive = [cell.strip() for cell in line.split(self.delimiter)]
        if cells is None:
            if len(naive) == width:
                return [_unquoted(cell) for cell in naive], "broken quoting, read by its delimiters"
            return None, f"broken quoting: {_count(len(naive))} where the header has {width}"
        for sign in _SIGNS.replace(self.delimiter, ""):
            if line.count(sign) + 1 == width > 1:
                return [_unquoted(cell) for cell in line.split(sign)], f"cells parted by {sign!r}"
        reason = f"{_count(len(cells))} where the header has {width}"
        return None, f"cut off: {reason}" if cut else reason


def _unquoted(cell: str) -> str:
    inner = cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell.removeprefix('"')
    return inner.replace('""', '"')


def _count(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"
