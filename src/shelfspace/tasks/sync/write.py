"""Writing the stock: the journal first, then each file as a whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from math import isclose
from pathlib import Path
from typing import Any

from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.sync.journal import append_done, append_run, appending, read_journal
from shelfspace.tasks.sync.reconcile import Cell, Change
from shelfspace.tasks.sync.sheet import Changes, Sheet, sheet_of_bytes
from shelfspace.tasks.sync.stock import Entry, Stock, entries_of_sheet


def targets(stock: Stock, out: str | Path | None, *, in_place: bool) -> list[Path]:
    """Where each sheet is written: over itself, to the file `out`, or into the folder `out` for many.

    Raises `OptionError` where both or neither is asked for, where `out` is one of the stock files, or where
    the stock came as a table and has no place of its own.
    """
    if in_place == (out is not None):
        raise OptionError(
            "The new stock goes to a file of its own and in place."
            if in_place
            else "Nothing says where the new stock goes.",
            "It is written to one of the two.",
            "Give either out (--out-stock) or in_place (--in-place).",
        )
    paths = [sheet.path for sheet in stock.sheets]
    if out is None:
        if None in paths:
            raise OptionError("The stock is a table.", "Files are written in place.", "Give out, a path.")
        return [path.resolve() for path in paths if path is not None]
    several = len(paths) > 1 or Path(out).is_dir()
    found = [Path(out) / (path.name if path else "stock.parquet") if several else Path(out) for path in paths]
    taken = {path.resolve() for path in paths if path is not None}
    if len(set(found)) < len(found) or taken & {path.resolve() for path in found}:
        raise OptionError(
            f"Writing to {out} would write over a stock file.",
            "The new stock has a place of its own.",
            "Choose another place, or write in place, which keeps a backup.",
        )
    return found


def apply(
    stock: Stock,
    changes: Sequence[Change],
    agreed: dict[Cell, float],
    *,
    journal: str | Path,
    paths: Sequence[Path],
    undoes: int | None = None,
    told: dict[str, Any] | None = None,
) -> int:
    """The number of the journal's new run, by which the stock at `paths` is written with `changes` made.

    The journal is on the disk before the first file is touched. A file that is written over is kept beside
    itself, its name ending in `.before-RUN`. Raises `FeedError` where a stock file has been changed since it
    was read or would not read back as planned, `JournalError` as `journal.appending` does.
    """
    written = rewritten(stock, changes)
    with appending(journal) as (before, file):
        _check_unchanged(stock.sheets)
        number = append_run(before, file, changes, agreed, undoes=undoes, told=told)
        for sheet, raw, path in zip(stock.sheets, written, paths, strict=True):
            put(sheet, raw, path, f"before-{number}")
        file.seek(0)
        append_done(read_journal(journal), file, [number])
    return number


def reapply(stock: Stock, changes: Sequence[Change], *, journal: str | Path, paths: Sequence[Path]) -> None:
    """Write the stock with what the journal holds already; runs not known to be done are noted as done."""
    written = rewritten(stock, changes)
    with appending(journal) as (before, file):
        _check_unchanged(stock.sheets)
        for sheet, raw, path in zip(stock.sheets, written, paths, strict=True):
            put(sheet, raw, path, "before-replay")
        append_done(before, file, [run.number for run in before.runs if not run.done])


def rewritten(stock: Stock, changes: Iterable[Change]) -> list[bytes]:
    """What each stock file is to hold; `FeedError` where that would not read back as planned."""
    wanted = dict(stock.entries)
    cells: list[Changes] = [{} for _ in stock.sheets]
    for change in changes:
        entry = stock.entries[change.shop, change.id]
        column = stock.columns[entry.sheet][change.attribute]
        cells[entry.sheet].setdefault(entry.record, {})[column] = change.new
        planned = wanted[change.shop, change.id]
        if change.attribute == "quantity":
            planned = planned._replace(quantity=change.value)
        else:
            planned = planned._replace(price=change.value)
        wanted[change.shop, change.id] = planned
    written = []
    for place, sheet in enumerate(stock.sheets):
        raw = sheet.rewrite(cells[place]) if cells[place] or sheet.path is None else sheet.raw
        _check_read_back(stock, place, raw, wanted)
        written.append(raw)
    return written


def _check_read_back(stock: Stock, place: int, raw: bytes, wanted: dict[tuple[str, str], Entry]) -> None:
    """A new price must not change what another cell is taken for, its decimal sign for one."""
    sheet = stock.sheets[place]
    path = sheet.path or Path("stock.parquet")
    again = entries_of_sheet(sheet_of_bytes(raw, path, sheet.shop), stock.catalog, place)
    read = {(entry.shop, entry.id): entry for entry in again}
    for offer, planned in wanted.items():
        entry = read.get(offer)
        if planned.sheet == place and (entry is None or not _says_the_same(entry, planned)):
            raise FeedError(
                f"{sheet.name} with the changes made would not say of {'/'.join(offer)} what was planned.",
                f"Planned are quantity {planned.quantity}, price {planned.price} {planned.currency or ''}.",
                "Write all numbers of the file with a point as their decimal sign and without grouping.",
            )


def _says_the_same(one: Entry, other: Entry) -> bool:
    pairs = ((one.quantity, other.quantity), (one.price, other.price))
    same = (a == b or (a is not None and b is not None and isclose(a, b)) for a, b in pairs)
    return one.currency == other.currency and all(same)


def put(sheet: Sheet, raw: bytes, path: Path, kept: str) -> None:
    """Let `path` hold `raw`: before or after, never a part of it; what it held is kept beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == raw:
        return
    passing = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        with passing.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, passing)
            if sheet.path is not None and path == sheet.path.resolve():
                shutil.copy2(path, _free(path.with_name(f"{path.name}.{kept}")))
        passing.replace(path)
    except BaseException:
        passing.unlink(missing_ok=True)
        raise
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free(path: Path) -> Path:
    """The path, numbered where it is taken: no backup is written over."""
    number, free = 2, path
    while free.exists():
        number, free = number + 1, path.with_name(f"{path.name}-{number}")
    return free


def _check_unchanged(sheets: Iterable[Sheet]) -> None:
    for sheet in sheets:
        if sheet.path is not None and sheet.path.read_bytes() != sheet.raw:
            raise FeedError(
                f"{sheet.path} has been changed since it was read.",
                "What was planned holds for the stock as it was.",
                "Run sync again.",
            )
