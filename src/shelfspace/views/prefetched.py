"""Batches made ahead in a thread while the one before is learned from."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from shelfspace.errors import OptionError

Item = TypeVar("Item")

_PATIENCE_SECONDS = 0.1


class _End:
    """Stands behind the last batch, with the error that ended them if there was one."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Prefetched(Generic[Item]):
    """An iterator over batches that a thread makes ahead, and a watch over how long they were waited for.

    It can be gone through once. An error in making a batch is raised where that batch would have come. When
    the iterator is closed, or no longer held, the thread ends after the batch it is making.
    """

    def __init__(self, batches: Iterable[Item], ahead: int = 2) -> None:
        if ahead < 1:
            raise OptionError(f"ahead is {ahead}.", "It is at least 1 batch.", "2 is usual.")
        self.waited_seconds = 0.0
        self._began = time.perf_counter()
        self._ended: float | None = None
        self._stop = threading.Event()
        self._ready: queue.Queue[Item | _End] = queue.Queue(ahead)
        self._thread = threading.Thread(
            target=_make, args=(batches, self._ready, self._stop), daemon=True, name="prefetched"
        )
        self._thread.start()

    @property
    def share_waiting(self) -> float:
        """The share of the time so far (until the last batch) that was spent waiting for a batch: 0 … 1."""
        until = self._ended if self._ended is not None else time.perf_counter()
        return self.waited_seconds / max(until - self._began, 1e-9)

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        if self._ended is not None:
            raise StopIteration
        began = time.perf_counter()
        item = self._ready.get()
        self.waited_seconds += time.perf_counter() - began
        if isinstance(item, _End):
            self.close()
            if item.error is not None:
                raise item.error
            raise StopIteration
        return item

    def close(self) -> None:
        """End the thread; no batch comes any more."""
        self._ended = self._ended if self._ended is not None else time.perf_counter()
        self._stop.set()

    def __del__(self) -> None:
        if hasattr(self, "_stop"):
            self._stop.set()


def prefetched(batches: Iterable[Item], ahead: int = 2) -> Prefetched[Item]:
    """An iterator over `batches` that makes up to `ahead` of them in a thread before they are asked for.

    Its `share_waiting` says how much of the time was spent waiting for data. `batches` must draw its chance
    from generators of its own: torch's global one is another thread's too. Raises `OptionError` for `ahead`
    below 1.

    >>> list(prefetched(range(3)))
    [0, 1, 2]
    """
    return Prefetched(batches, ahead)


def _make(batches: Iterable[Item], ready: queue.Queue[Item | _End], stop: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for batch in batches:
            if not _put(ready, batch, stop):
                return
    except BaseException as raised:  # whatever it is, it belongs to the thread that asks
        error = raised
    _put(ready, _End(error), stop)


def _put(ready: queue.Queue[Item | _End], item: Item | _End, stop: threading.Event) -> bool:
    """Hand over an item; false where nobody wants one any more."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=_PATIENCE_SECONDS)
            return True
        except queue.Full:
            continue
    return False
