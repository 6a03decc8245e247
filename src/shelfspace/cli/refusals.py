"""What a command does when it cannot: one paragraph on standard error, and an exit code."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import typer

from shelfspace.cli.speak import say
from shelfspace.errors import ShelfspaceError

REFUSED = 1
INTERRUPTED = 130  # as shells have it: 128 and the number of the signal
TRACEBACK_VARIABLE = "SHELFSPACE_TRACEBACK"

Command = TypeVar("Command", bound=Callable[..., None])


def refusing(command: Command) -> Command:
    """The command, with every error it may meet told in a paragraph instead of a traceback."""

    @wraps(command)
    def guarded(**options: Any) -> None:
        try:
            command(**options)
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            say("Interrupted; nothing that was there before has changed.")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if os.environ.get(TRACEBACK_VARIABLE):
                raise
            say(_paragraph(error, command.__name__))
            raise typer.Exit(REFUSED) from None

    return guarded  # type: ignore[return-value]


def _paragraph(error: Exception, command: str) -> str:
    """The error in one line, however its message is laid out."""
    text = " ".join(str(error).split())
    if isinstance(error, ShelfspaceError):
        return text
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}. Check the path, the rights on it and the space left."
    return (
        f"shelfspace {command} met an error that it does not know ({type(error).__name__}: {text[:300]}). "
        f"This is a fault of Shelfspace, not of yours: please report it with the traceback that the same "
        f"command prints when {TRACEBACK_VARIABLE}=1 is set."
    )
