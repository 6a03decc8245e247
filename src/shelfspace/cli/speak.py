"""What is said along the way, on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer


def say(text: str = "") -> None:
    """Print a line on standard error."""
    typer.echo(text, err=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and when it is done, how long it took."""
    start = time.perf_counter()
    say(f"{what} …")
    yield
    say(f"  done in {time.perf_counter() - start:.1f} s")


def say_next(*commands: str) -> None:
    """Say which commands one may want to run now."""
    say("\nNext:")
    for command in commands:
        say(f"  {command}")
