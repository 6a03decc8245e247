"""Live progress on standard error for work that takes more than a moment."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Advance(Protocol):
    """What a progress bar hands to the work it watches."""

    def __call__(self, steps: int = 1, note: str = "") -> None:
        """Say that `steps` more are done, with a short `note` such as the current loss."""


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Advance]:
    """A bar named `label`; unknown `total` shows a pulse. Silent where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda steps=1, note="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total, note="")
        yield lambda steps=1, note="": bar.update(task, advance=steps, note=note)
