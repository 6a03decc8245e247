"""One writer at a time, across processes and threads."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shelfspace.errors import SpaceError

_POLL_SECONDS = 0.02


@contextmanager
def exclusive(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the lock file `path` alone; `SpaceError` when another writer keeps it past `wait_seconds`.

    The kernel drops the lock with the process that held it, however it died, so a lock never goes stale. The
    file itself stays: removing it would let two writers lock two different files of the same name.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(handle, path, time.monotonic() + wait_seconds)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)  # which unlocks


def _acquire(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
                raise SpaceError(
                    f"Another process (number {holder}) is writing to {path.parent}.",
                    "A space has one writer at a time.",
                    "Wait until it is done, or stop it.",
                ) from None
            time.sleep(_POLL_SECONDS)
