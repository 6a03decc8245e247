"""The command `shoppers`: who they are, what they want, and whose taste changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import AsJson, SpaceFolder, TableFile
from shelfspace.cli.speak import say, say_next
from shelfspace.cli.tables import check_out, show

if TYPE_CHECKING:
    from shelfspace.tasks.shoppers.shoppers import Shoppers


def shoppers(
    space: SpaceFolder,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="Report the interests of one user instead.")
    ] = None,
    drift: Annotated[bool, typer.Option("--drift", help="List whose taste changes instead.")] = False,
    segments: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Into how many. Default: as many as hold up.")
    ] = None,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Group the shoppers of a space's events by taste, and say what sets each group apart.

    Example: [bold]shelfspace shoppers shelf[/bold]

    Example: [bold]shelfspace shoppers shelf --user u42[/bold]

    Example: [bold]shelfspace shoppers shelf --drift --out drift.csv[/bold]
    """
    from shelfspace.space import load

    check_out(out)
    known = load(space).shoppers()
    if user is not None:
        _report(known, user, out, as_json)
    elif drift:
        show(known.drift(), out=out, as_json=as_json)
    else:
        found = known.segments(segments)
        show(found.table(), out=out, as_json=as_json)
        if segments is None and len(found) == 1:
            say("Tastes flow into each other: no number of groups holds up. --segments N makes N of them.")
        say_next(
            f'shelfspace shoppers {space} --user "{known.users[0]}"', f"shelfspace shoppers {space} --drift"
        )


def _report(known: Shoppers, user: str, out: Path | None, as_json: bool) -> None:
    """Show what is known of one user's interests."""
    from shelfspace.tasks.shoppers.interests import interest_report

    report = interest_report(known, user, segments=known.segments())
    if as_json:
        typer.echo(report.to_json(), nl=False)
        return
    since = f" from {report.first} to {report.last}" if report.first else ""
    say(f"{user}: {report.events:,} events with {report.products:,} products{since}.")
    if report.segment is not None:
        say(f"Segment {report.segment}: {report.segment_description}.")
    show(report.table(), out=out)
