"""The process: a server on an address, until it is asked to stop."""

from __future__ import annotations

import math

import uvicorn

from shelfspace.service.app import make_app
from shelfspace.service.connections import patient_for
from shelfspace.service.desk import Desk

_HEADER_BYTES = 16 << 10
_KEEP_SECONDS = 15  # a connection without a request
_STOP_SECONDS = 30  # for requests that are being answered when the server is asked to stop


def make_server(desk: Desk, host: str, port: int) -> uvicorn.Server:
    """The server, not started yet; port 0 takes any that is free.

    On SIGTERM and SIGINT it takes no more requests and answers those it has.
    """
    limits = desk.limits
    config = uvicorn.Config(
        make_app(desk),
        host,
        port,
        http=patient_for(limits.receive_seconds),
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # anybody can write X-Forwarded-For
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=_KEEP_SECONDS,
        timeout_graceful_shutdown=max(_STOP_SECONDS, math.ceil(limits.timeout_seconds)),
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )
    return uvicorn.Server(config)
