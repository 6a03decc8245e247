"""What is said along the way, on standard error."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer


def say(text: str = "") -> None:
    """Print a line on standard error, on a terminal broken between words and indented as it begins."""
    if sys.stderr.isatty():
        indent = " " * (len(text) - len(text.lstrip(" ")) + 2)
        width = shutil.get_terminal_size().columns
        text = textwrap.fill(
            text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
    typer.echo(text, err=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and when it is done, how long it took."""
    start = time.perf_counter()
    say(f"{what} …")
    yield
    say(f"  done in {time.perf_counter() - start:.1f} s")


def say_next(*commands: str) -> None:
    """Say which commands one may want to run now, each beginning with "shelfspace"."""
    typer.echo("\nNext:", err=True)
    for command in commands:  # never broken into lines: they are there to be copied
        typer.echo(f"  {command.replace('shelfspace', _program(), 1)}", err=True)


def _program() -> str:
    """How this program can be called: by name where it is on the path, else as it was called."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "shelfspace" and not shutil.which("shelfspace") else "shelfspace"
