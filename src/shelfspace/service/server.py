"""The process: a server on an address, until it is asked to stop."""

from __future__ import annotations

import math
import socket

import uvicorn

from shelfspace.errors import OptionError
from shelfspace.service.app import make_app
from shelfspace.service.connections import patient_for
from shelfspace.service.desk import Desk

_HEADER_BYTES = 16 << 10
_BACKLOG = 2_048
_KEEP_SECONDS = 15  # a connection without a request
_STOP_SECONDS = 30  # for requests that are being answered when the server is asked to stop


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on the address, port 0 for any that is free; `OptionError` where none can."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise OptionError(
            f"Nothing can listen on {host!r} port {port}: {error.strerror or error}.",
            "The address is this machine's and the port is free.",
            "Choose another port or host.",
        ) from None


def make_server(desk: Desk) -> uvicorn.Server:
    """The server, not started yet; it is run with `sockets`.

    On SIGTERM and SIGINT it takes no more requests and answers those it has.
    """
    limits = desk.limits
    config = uvicorn.Config(
        make_app(desk),
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
