"""Stock files of JSON lines taken apart so that they can be put together again, a few values changed."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from shelfspace.data.readers.chunk import Reject
from shelfspace.tasks.sync.delimited_sheet import Cells, decoded

_STYLES: tuple[dict[str, Any], ...] = tuple(
    {"ensure_ascii": ascii_only, "separators": separators}
    for separators in ((", ", ": "), (",", ":"))
    for ascii_only in (False, True)
)


def json_lines_cells(name: str, raw: bytes) -> Cells:
    """The values of a file of JSON objects, one a line; a line that holds none is a reject.

    Nested values and nulls are empty cells. Raises `FeedError` where the text is in no known encoding.
    """
    text, encoding = decoded(name, raw)
    lines = text.split("\n")
    objects: dict[int, dict[str, Any]] = {}
    rejects = []
    for number, line in enumerate(lines, 1):
        found = _object(line)
        if found is not None:
            objects[number] = found
        elif line.strip("\ufeff \t\r"):
            rejects.append(Reject(number, None, line, "not a JSON object"))
    columns = list(dict.fromkeys(column for held in objects.values() for column in held))
    table = pl.DataFrame(
        {column: [_text(held.get(column)) for held in objects.values()] for column in columns},
        schema=dict.fromkeys(columns, pl.String),
    )

    def rewrite(changes: dict[int, dict[str, str]]) -> bytes:
        written = list(lines)
        for number, cells in changes.items():
            written[number - 1] = _changed(lines[number - 1], objects[number], cells)
        return "\n".join(written).encode(encoding)

    return Cells(table, list(objects), rewrite, rejects, _typed(objects, columns))


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: Any) -> str | None:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return None if not isinstance(value, bool) else str(value).lower()
    return str(value)


def _typed(objects: dict[int, dict[str, Any]], columns: list[str]) -> frozenset[str]:
    """The columns whose filled values are all numbers."""
    values = {column: [held[column] for held in objects.values() if column in held] for column in columns}
    numbers = {
        column: [value for value in held if value is not None and not isinstance(value, bool)]
        for column, held in values.items()
    }
    return frozenset(
        column
        for column, held in numbers.items()
        if held and all(type(value) in (int, float) for value in held)
    )


def _changed(line: str, held: dict[str, Any], cells: dict[str, str]) -> str:
    """The line with new values, a number where one was or where there was none, in the style of the line."""
    mark = "\ufeff" if line.startswith("\ufeff") else ""
    bare = line.removeprefix(mark)
    end = bare[len(bare.rstrip("\r")) :]
    style = next((style for style in _STYLES if json.dumps(held, **style) == bare.rstrip("\r")), _STYLES[0])
    new = {
        column: text if isinstance(held.get(column), str) else _number(text) for column, text in cells.items()
    }
    return mark + json.dumps(held | new, **style) + end


def _number(text: str) -> int | float | str | None:
    if text == "":
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
