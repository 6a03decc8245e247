"""What is written down: a line of JSON for each request, and one for each change an administrator made.

Queries are never written down, nor are addresses, keys or users: a key is told by its id, a user by a
pseudonym, a path by the endpoint that took it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

Write = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Write the line to standard error."""
    sys.stderr.write(line + "\n")


class AccessLog:
    """A line of JSON for each event, handed to `write`."""

    def __init__(self, write: Write = to_stderr) -> None:
        self._write = write

    def tell(self, event: str, **facts: Any) -> None:
        """Write one line: the time, the event and what is known of it; what is None is left out."""
        self._write(_line(event, facts))


class AuditLog:
    """A file of lines that only grows: who changed what, and what came of it.

    Each line is on the disk before the change is answered.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    def tell(self, action: str, **facts: Any) -> None:
        """Add one line; an `OSError` where it cannot be written, so that no change goes unrecorded."""
        with self._lock:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, (_line(action, facts) + "\n").encode("ascii"))
                os.fsync(handle)
            finally:
                os.close(handle)


def _line(event: str, facts: dict[str, Any]) -> str:
    """JSON in ASCII: no line break or escape sequence of a stranger's gets into a log."""
    known = {name: value for name, value in facts.items() if value is not None}
    return json.dumps({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **known})
