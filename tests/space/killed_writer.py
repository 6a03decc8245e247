"""Writers that kill themselves with SIGKILL at their n-th step: run by test_versions, not by pytest.

Each line of standard input, "STEP TEXT", makes one writer of its own process; the answer is how it ended.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from shelfspace.space.manifest import Manifest
from shelfspace.space.versions import write_version

STEPS = ("fsync", "rename", "replace", "mkdir", "open")


def write(root: Path, deadly_step: int, text: str) -> None:
    taken = 0

    def deadly(call):
        def step(*args, **options):
            nonlocal taken
            taken += 1
            if taken == deadly_step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **options)

        return step

    for name in STEPS:
        setattr(os, name, deadly(getattr(os, name)))
    write_version(root, lambda folder: fill(folder, text))


def main(root: Path) -> None:
    for line in sys.stdin:
        step, text = line.strip().split(maxsplit=1)
        child = os.fork()
        if child == 0:
            write(root, int(step), text)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def fill(folder: Path, text: str) -> Manifest:
    (folder / "part").mkdir()
    for name in ("a", "part/b"):
        (folder / name).write_text(text)
    return manifest()


def manifest() -> Manifest:
    return Manifest(
        encoder_kind="none",
        encoder_hash="0" * 64,
        preprocessing_hash="0" * 64,
        dim=1,
        data_hash="0" * 64,
        seed=0,
        n_products=0,
        shops=[],
        created="2026-01-01T00:00:00+00:00",
        shelfspace_version="0.1.0",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
