"""Bodies of requests, read within limits of bytes and time, whatever their headers say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from shelfspace.errors import ServiceError

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = dict[str, Any]


class HungUpError(Exception):
    """The caller hung up before the request was whole."""


async def read_body(receive: Receive, max_bytes: int, seconds: float) -> bytes:
    """The whole body, counted as it comes.

    Raises `ServiceError` 413 as soon as it is longer than `max_bytes`, 408 when it is not whole after
    `seconds`, and `HungUpError` when the caller hung up.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, max_bytes)
    except TimeoutError:
        raise ServiceError(
            f"The body was not whole after {seconds:g} seconds.",
            "A body is sent at once.",
            "Look at the connection, or send less in one request.",
            408,
        ) from None


async def _read(receive: Receive, max_bytes: int) -> bytes:
    parts, total = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUpError
        part = message.get("body", b"")
        total += len(part)
        if total > max_bytes:
            raise ServiceError(
                f"The body is longer than {max_bytes:,} bytes.",
                "That is the most that is taken.",
                "Send fewer things in one request, or a smaller photo.",
                413,
            )
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def replaying(body: bytes) -> Receive:
    """What hands a body that was read already to those who read it next."""
    handed = False

    async def receive() -> Message:
        nonlocal handed
        if handed:
            return {"type": "http.disconnect"}
        handed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
