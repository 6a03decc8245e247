"""The journal of what was synced: JSON lines, each chained to the one before by its checksum.

A run is written whole, and is on the disk, before the stock is touched; that the stock was written is noted
after it. So whenever a process dies, either the journal lacks a part of the run and the stock is the old one,
or the run can be replayed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from shelfspace.errors import ShelfspaceError
from shelfspace.tasks.sync.reconcile import Cell, Change

_DAMAGED = "A journal is only ever appended to, and each line's checksum covers all before it."


class JournalError(ShelfspaceError):
    """A journal that is missing, damaged, in use, or does not hold the run asked for."""


@dataclass(frozen=True)
class Run:
    """One sync, or the undoing of one: `undoes` is then its number. `told` is what else was noted of it.

    `done` says that the stock is known to have been written.
    """

    number: int
    changes: tuple[Change, ...]
    agreed: dict[Cell, float]
    undoes: int | None = None
    told: dict[str, Any] = field(default_factory=dict)
    done: bool = False


@dataclass(frozen=True)
class Journal:
    """The complete runs of a journal, oldest first.

    `notes` says in words what was ignored: a torn last line, a run that was broken off before the stock was
    touched. `n_bytes` is the length of what is sound, `checksum` and `sequence` are those of its last line.
    """

    runs: tuple[Run, ...] = ()
    notes: tuple[str, ...] = ()
    n_bytes: int = 0
    checksum: str = ""
    sequence: int = 0
    last_number: int = 0

    @property
    def base(self) -> dict[Cell, float]:
        """What all offers of a product agreed on at the last sync of theirs, where that was not undone.

        Of what a run that may never have reached the stock was about, nothing is known.
        """
        known: dict[Cell, float] = {}
        for run in self.runs:
            if run.undoes is None and run.done:
                known |= run.agreed
            else:
                for cell in run.agreed:
                    known.pop(cell, None)
        return known

    def run(self, number: int | None) -> Run:
        """The run of that number; by default the last one that was neither undone nor an undoing."""
        undone = {run.undoes for run in self.runs}
        able = [run for run in self.runs if run.undoes is None and run.number not in undone]
        found = [run for run in self.runs if run.number == number] if number is not None else able[-1:]
        if found:
            return found[0]
        raise JournalError(
            f"The journal has no run {number}." if number is not None else "The journal has no run to undo.",
            f"It holds the runs {', '.join(str(run.number) for run in self.runs) or 'none'}.",
            "Choose another run, or check that it is the right journal.",
        )


def read_journal(path: str | Path, *, missing_ok: bool = False) -> Journal:
    """The journal in the file `path`, an empty one where it is missing and that is `missing_ok`.

    A last line that was torn while it was written is left out and told in `notes`. Raises `JournalError`
    where the file is missing, or any other line is damaged, added, removed or changed.
    """
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        if missing_ok:
            return Journal()
        raise JournalError(
            f"There is no journal {path}.", "sync --apply writes one.", "Check the path."
        ) from None
    return _parsed(raw, path)


def _parsed(raw: bytes, path: str | Path) -> Journal:
    records: list[dict[str, Any]] = []
    checksum, n_bytes, notes = "", 0, []
    lines = raw.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        record = _record(line, checksum)
        if record is not None and record.get("sequence") == number:
            records.append(record)
            checksum, n_bytes = record["checksum"], n_bytes + len(line)
        elif number == len(lines) and not line.endswith(b"\n"):
            notes.append(f"The last line of {path} was torn while it was written and is ignored.")
        else:
            raise JournalError(
                f"Line {number} of {path} is not as it was written.",
                _DAMAGED,
                f"Restore it from a backup; the {number - 1} lines before are sound.",
            )
    runs = []
    done = {record["run"] for record in records if record["kind"] == "done"}
    for held in _by_run([record for record in records if record["kind"] != "done"]):
        if len(held) - 1 == held[0]["records"]:
            runs.append(_run(held, done))
        else:
            notes.append(f"Run {held[0]['run']} was broken off before the stock was touched and is ignored.")
    last = max((record["run"] for record in records), default=0)
    return Journal(tuple(runs), tuple(notes), n_bytes, checksum, len(records), last)


def _record(line: bytes, previous: str) -> dict[str, Any] | None:
    """The record of a line, None where it is none or its checksum is another."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    told = {name: value for name, value in record.items() if name != "checksum"}
    return record if record.get("checksum") == _checksum(told, previous) else None


def _checksum(record: dict[str, Any], previous: str) -> str:
    plain = json.dumps(record, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{plain}".encode()).hexdigest()


def _by_run(records: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    held: list[dict[str, Any]] = []
    for record in records:
        if record["kind"] == "run" and held:
            yield held
            held = []
        held.append(record)
    if held:
        yield held


def _run(records: list[dict[str, Any]], done: set[int]) -> Run:
    head, *rest = records
    changes = tuple(
        Change(**{name: record[name] for name in Change._fields})
        for record in rest
        if record["kind"] == "change"
    )
    agreed = {
        (record["shop"], record["id"], record["attribute"]): record["value"]
        for record in rest
        if record["kind"] == "agreed"
    }
    agreed |= {
        (change.shop, change.id, change.attribute): change.value
        for change in changes
        if change.value is not None
    }
    return Run(head["run"], changes, agreed, head["undoes"], head["told"], head["run"] in done)


@contextmanager
def appending(path: str | Path) -> Iterator[tuple[Journal, BinaryIO]]:
    """The journal and its file, held by nobody else; `JournalError` where another process holds it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(
                f"Another process is writing to the journal {path}.",
                "One sync is applied at a time.",
                "Wait until it is done.",
            ) from None
        file.seek(0)
        yield _parsed(file.read(), path), file


def append_run(
    journal: Journal,
    file: BinaryIO,
    changes: Sequence[Change],
    agreed: dict[Cell, float],
    *,
    undoes: int | None = None,
    told: dict[str, Any] | None = None,
) -> int:
    """The number of the new run, which is on the disk now; a torn line before it is cut off."""
    number = journal.last_number + 1
    noted = [{"kind": "change", "run": number, **change._asdict()} for change in changes]
    changed = {(change.shop, change.id, change.attribute) for change in changes}
    known = journal.base
    noted += [
        {
            "kind": "agreed",
            "run": number,
            **dict(zip(("shop", "id", "attribute"), cell, strict=True)),
            "value": value,
        }
        for cell, value in sorted(agreed.items())
        if cell not in changed and known.get(cell) != value
    ]
    head = {
        "kind": "run",
        "run": number,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "undoes": undoes,
        "records": len(noted),
        "told": told or {},
    }
    _append(journal, file, [head, *noted])
    return number


def append_done(journal: Journal, file: BinaryIO, runs: Sequence[int]) -> None:
    """Note that the stock holds what these runs changed."""
    if runs:
        _append(journal, file, [{"kind": "done", "run": number} for number in runs])


def _append(journal: Journal, file: BinaryIO, records: list[dict[str, Any]]) -> None:
    checksum, lines = journal.checksum, []
    for sequence, record in enumerate(records, journal.sequence + 1):
        numbered = {"sequence": sequence, **record}
        checksum = _checksum(numbered, checksum)
        lines.append(json.dumps(numbered | {"checksum": checksum}, ensure_ascii=False) + "\n")
    file.truncate(journal.n_bytes)
    if journal.n_bytes and not _ends_line(file, journal.n_bytes):
        file.write(b"\n")
    file.write("".join(lines).encode())
    file.flush()
    os.fsync(file.fileno())


def _ends_line(file: BinaryIO, n_bytes: int) -> bool:
    file.seek(n_bytes - 1)
    return file.read(1) == b"\n"
