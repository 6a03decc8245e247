"""How much one request, one caller and all of them together may ask for."""

from __future__ import annotations

from dataclasses import dataclass, fields

from shelfspace.errors import OptionError


@dataclass(frozen=True)
class Limits:
    """The limits of a service; `OptionError` for one that is below zero, or zero where it must not be.

    `max_bytes` of a body and `max_items` of a batch; `rate` requests a second of one caller, twice as many in
    one go, 0 for no such limit; `concurrent` requests are worked on while `queued` others wait for
    `queue_seconds` at most; `timeout_seconds` for an answer; `receive_seconds` until a request's headers, and
    again its body, have come, and for its answer to be taken; `connections` open at once.
    """

    max_bytes: int = 4 << 20
    max_items: int = 100
    rate: float = 1_000.0
    concurrent: int = 8
    queued: int = 64
    queue_seconds: float = 1.0
    timeout_seconds: float = 30.0
    receive_seconds: float = 10.0
    connections: int = 1_000

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            may_be_zero = each.name in ("rate", "queued")
            if not (value >= 0 if may_be_zero else value > 0):
                raise OptionError(
                    f"{each.name} is {value}.",
                    f"A limit is {'0 or more' if may_be_zero else 'above 0'}.",
                    "Leave it out for its default.",
                )
