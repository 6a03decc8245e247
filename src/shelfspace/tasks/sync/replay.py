"""Replay and undo: the changes that a journal holds, held against the stock as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from math import isclose

from shelfspace.tasks.sync.journal import Run
from shelfspace.tasks.sync.policy import Attribute, value_of
from shelfspace.tasks.sync.reconcile import Cell, Change, Conflict, Reconciled
from shelfspace.tasks.sync.stock import Stock


def replay(stock: Stock, runs: Iterable[Run]) -> Reconciled:
    """What brings the stock to where the runs left it; nothing for a cell that is there already.

    A cell whose present value none of the runs found or left there has been changed by someone else: that is
    a conflict, and so is an offer that the stock lacks.
    """
    found = Reconciled()
    for cell, changes in _by_cell(change for run in runs for change in run.changes).items():
        values = [value for change in changes for value in (change.was, change.value)]
        _bring(found, stock, cell, changes[-1], values)
    return _sorted(found)


def undo(stock: Stock, run: Run) -> Reconciled:
    """What takes the changes of one run back; nothing for a cell that is as it was before."""
    found = Reconciled()
    for change in run.changes:
        back = change._replace(
            old=change.new,
            new=change.old,
            was=change.value,
            value=change.was,
            reason=f"run {run.number} undone",
        )
        _bring(found, stock, (change.shop, change.id, change.attribute), back, [back.was, back.value])
    return _sorted(found)


def _by_cell(changes: Iterable[Change]) -> dict[Cell, list[Change]]:
    cells: dict[Cell, list[Change]] = {}
    for change in changes:
        cells.setdefault((change.shop, change.id, change.attribute), []).append(change)
    return cells


def _bring(found: Reconciled, stock: Stock, cell: Cell, change: Change, expected: list[float | None]) -> None:
    """Note what takes a cell to the value of `change`, if what it holds is among the `expected` values."""
    shop, identifier, text = cell
    attribute: Attribute = "price" if text == "price" else "quantity"
    entry = stock.entries.get((shop, identifier))
    present = None if entry is None else value_of(entry, attribute)
    if entry is None or attribute not in stock.columns[entry.sheet]:
        found.conflicts.append(
            _conflict(change, "", "not in the stock", "the stock has no good record of it")
        )
    elif _equal(present, change.value):
        return
    elif any(_equal(present, value) for value in expected):
        written = entry.price_text if attribute == "price" else entry.quantity_text
        found.changes.append(change._replace(old=written, was=present))
    else:
        written = entry.price_text if attribute == "price" else entry.quantity_text
        reason = f"neither {change.old or 'empty'} nor {change.new or 'empty'}, as the journal has it"
        found.conflicts.append(_conflict(change, written, "changed by others", reason))


def _equal(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and isclose(one, other, abs_tol=1e-9))


def _conflict(change: Change, value: str, kind: str, reason: str) -> Conflict:
    return Conflict(
        change.shop, change.id, change.attribute, value, change.because_of, kind, reason, change.probability
    )


def _sorted(found: Reconciled) -> Reconciled:
    found.changes.sort(key=lambda change: change[:3])
    found.conflicts.sort()
    return found
