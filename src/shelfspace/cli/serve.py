"""The command `serve`: a space over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import SpaceFolder
from shelfspace.cli.speak import say, step


def serve(
    space: SpaceFolder,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes a free one.")] = 8080,
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Who may ask: a file that keys add wrote."),
    ] = None,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Let everybody in who reaches it.")] = False,
    audit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Where changes are written down. Default: SPACE/AUDIT.jsonl.",
        ),
    ] = None,
    max_bytes: Annotated[int, typer.Option(help="The longest body of a request.")] = 4 << 20,
    max_items: Annotated[int, typer.Option(help="The most questions in one batch.")] = 100,
    rate: Annotated[float, typer.Option(help="Requests a second of one caller; 0 for any number.")] = 1_000,
    concurrent: Annotated[int, typer.Option(help="How many requests are worked on at once.")] = 8,
    queued: Annotated[int, typer.Option(help="How many more may wait; the rest is told to come back.")] = 64,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="The longest an answer may take.")] = 30,
) -> None:
    """Answer questions to a space over HTTP, and take over new versions of it while running.

    Only this machine is listened to, unless there are keys (see [bold]shelfspace keys[/bold]) or --no-auth.

    Example: [bold]shelfspace serve shelf[/bold]

    Example: [bold]shelfspace serve shelf --host 0.0.0.0 --keys keys.json[/bold]
    """
    _check_installed()
    from shelfspace.service.addresses import check_address, is_loopback
    from shelfspace.service.desk import desk_of
    from shelfspace.service.keys import Keys
    from shelfspace.service.limits import Limits
    from shelfspace.service.logs import AuditLog

    known = None if keys is None else Keys(keys)
    check_address(host, known, no_auth=no_auth)
    limits = Limits(
        max_bytes=max_bytes,
        max_items=max_items,
        rate=rate,
        concurrent=concurrent,
        queued=queued,
        timeout_seconds=timeout,
    )
    from shelfspace.service.server import listen, make_server
    from shelfspace.service.serving import Serving

    with step(f"Opening {space}"):
        serving = Serving(space)
    local_only = known is None and not no_auth and is_loopback(host)
    log = None if audit is None else AuditLog(audit)
    desk = desk_of(serving, limits=limits, keys=known, local_only=local_only, audit=log)
    with listen(host, port) as socket:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{socket.getsockname()[1]}"
        say(f"Version {serving.opened.version} of {space} answers on {address}; Ctrl-C stops it.")
        make_server(desk).run(sockets=[socket])


def _check_installed() -> None:
    try:
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        from shelfspace.errors import MissingExtraError

        raise MissingExtraError(
            f"The package {error.name} is not installed.",
            "Serving needs the extra serve.",
            'Install it with pip install "shelfspace[serve]".',
        ) from None
