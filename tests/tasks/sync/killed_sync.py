"""A sync that kills itself with SIGKILL at its n-th step on the disk: run by test_write, not by pytest."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shelfspace.tasks.sync import write as room
from shelfspace.tasks.sync.reconcile import Change
from shelfspace.tasks.sync.stock import read_stock


def main(stock: Path, journal: Path, deadly: int) -> None:
    read = read_stock(stock)
    taken = 0

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            nonlocal taken
            taken += 1
            if taken == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **options)

        return step

    for name in ("fsync", "truncate"):
        setattr(os, name, dying(getattr(os, name)))
    for name in ("append_run", "append_done", "put"):
        setattr(room, name, dying(getattr(room, name)))
    Path.replace = dying(Path.replace)  # type: ignore[method-assign]
    change = Change("a", "1", "quantity", "5", "3", "b/1", 0.97, "the lowest", 5.0, 3.0)
    room.apply(read, [change], {}, journal=journal, paths=[stock])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
