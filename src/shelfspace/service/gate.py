"""How many requests are worked on at once, and how many may wait: the rest is told to come back."""

from __future__ import annotations

import asyncio

from shelfspace.errors import ServiceError


class Gate:
    """Room for `concurrent` requests at work and `queued` more that wait, each `wait_seconds` at most.

    A request has a place from its first byte on, so what all bodies together take in memory is bounded too.
    """

    def __init__(self, concurrent: int, queued: int, wait_seconds: float) -> None:
        self._places = concurrent + queued
        self._wait_seconds = wait_seconds
        self._slots = asyncio.Semaphore(concurrent)
        self.inside = 0
        self.working = 0
        self.waiting = 0

    def enter(self) -> None:
        """Take a place; `ServiceError` 429 where all are taken."""
        if self.inside >= self._places:
            raise _busy("are being answered or wait already")
        self.inside += 1

    def leave(self) -> None:
        """Give the place of a request back that never got its turn."""
        self.inside -= 1

    async def start(self) -> None:
        """Wait for a turn; `ServiceError` 429 where it does not come in time."""
        self.waiting += 1
        try:
            await asyncio.wait_for(self._slots.acquire(), self._wait_seconds)
        except TimeoutError:
            raise _busy("took too long") from None
        finally:
            self.waiting -= 1
        self.working += 1

    def finish(self) -> None:
        """Give the place and the turn back."""
        self.inside -= 1
        self.working -= 1
        self._slots.release()


def _busy(what: str) -> ServiceError:
    return ServiceError(
        f"The service is busy: the requests before this one {what}.",
        "It answers a bounded number at a time.",
        "Try again after the seconds that Retry-After says.",
        429,
        1,
    )
