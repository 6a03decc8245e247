"""What a piece of work costs: processor time, time on the clock, memory at its highest."""

from __future__ import annotations

import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """Filled in when the work is done. `cpu_seconds` includes threads and finished child processes;
    `peak_mib` is the most the process has held since it began, libraries and data included.
    """

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_mib: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of what is done within."""
    cost = Cost()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    try:
        yield cost
    finally:
        cost.cpu_seconds = _cpu_seconds() - cpu
        cost.wall_seconds = time.perf_counter() - wall
        cost.peak_mib = peak_mib()


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mib() -> float:
    """The most memory in MiB that this process has held since its program began.

    Linux's own count is asked first: what getrusage gives there includes what the process that started this
    one held.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        counted = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if counted is not None:
            return int(counted[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)  # macOS counts bytes, Linux kibibytes
