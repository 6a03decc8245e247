"""The commands about shoppers' next products: recommend, observe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import AsJson, Count, RejectsOption, SpaceFolder, TableFile, Where
from shelfspace.cli.speak import say, say_next, step
from shelfspace.cli.tables import check_out, show, tell_rejects

if TYPE_CHECKING:
    import polars as pl

    from shelfspace.data import Events


BanditFolder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="A folder for a bandit that finds out what is taken; made if missing."),
]


def recommend(
    space: SpaceFolder,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="A user of the events; one never seen is welcome.")
    ] = None,
    history: Annotated[
        str | None,
        typer.Option(metavar="ID,ID,…", help="What somebody took, oldest first, instead of a user."),
    ] = None,
    k: Count = 10,
    diversity: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="X", help="0 is likeliest first, 1 is as unlike as can be."),
    ] = 0.0,
    calibration: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="X", help="1 is as near to the user's own mix of categories."),
    ] = 0.0,
    where: Where = None,
    seen: Annotated[bool, typer.Option("--seen", help="What was taken already may come again.")] = False,
    unavailable: Annotated[
        bool, typer.Option("--unavailable", help="What is out of stock may come as well.")
    ] = False,
    bandit: BanditFolder = None,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """List what a shopper wants next, and because of what.

    With --bandit the list is chosen to find out as well what nobody has been shown yet; tell what came of it
    by observe with the same --bandit.

    Example: [bold]shelfspace recommend shelf --user u42 --where "price < 50"[/bold]

    Example: [bold]shelfspace recommend shelf --history 100123,100200 -k 5 --diversity 0.3[/bold]
    """
    from shelfspace.space import load

    check_out(out)
    if bandit is not None:
        refused = {
            "--history": history is not None,
            "--diversity": diversity,
            "--calibration": calibration,
            "--seen": seen,
            "--unavailable": unavailable,
        }
        show(_tried(space, bandit, user, k, where, refused), out=out, as_json=as_json)
        return
    named = None if history is None else [each.strip() for each in history.split(",") if each.strip()]
    found = load(space).recommend(
        user,
        history=named,
        k=k,
        diversity=diversity,
        calibration=calibration,
        where=where,
        seen=seen,
        unavailable=unavailable,
    )
    show(found, out=out, as_json=as_json)


def _tried(
    space: Path, folder: Path, user: str | None, k: int, where: str | None, refused: Mapping[str, object]
) -> pl.DataFrame:
    """The list that a bandit chose."""
    from shelfspace.errors import OptionError
    from shelfspace.space import load
    from shelfspace.tasks.bandit.trials import Trials

    if user is None or any(refused.values()):
        given = ", ".join(name for name, value in refused.items() if value) or "no --user"
        raise OptionError(
            f"--bandit came with {given}.",
            "A bandit orders the list itself, for a user whom it will hear of.",
            "Give --user, -k and --where alone.",
        )
    return Trials(folder).show(load(space), user, k, where=where)


def observe(
    space: SpaceFolder,
    log: Annotated[
        Path, typer.Argument(metavar="LOG", help="Events: user_id, id, and event, timestamp, shop if known.")
    ],
    bandit: BanditFolder = None,
    rejects: RejectsOption = None,
    as_json: AsJson = False,
) -> None:
    """Fold new events into a space without learning anew, as a new version of it.

    Example: [bold]shelfspace observe shelf today.csv[/bold]
    """
    from shelfspace.space import load

    rejects = rejects or space.with_name(f"{space.name}-rejects.csv")
    check_out(rejects)
    opened = load(space)
    events = read_log(log, rejects)
    with step("Observing"):
        known = opened.observe(events)
    version = opened.save(space)
    say(f"{space} now holds version {version}; {known:,} of {len(events):,} events are of its products.")
    if bandit is not None:
        from shelfspace.tasks.bandit.trials import Trials

        heard = Trials(bandit).hear(opened, opened.events)
        say(
            f"The bandit heard of {heard.settled:,} lists, of which {heard.taken:,} products were taken; "
            f"{heard.waiting:,} lists were shown less than a day before the newest event and wait."
        )
    if as_json:
        typer.echo(json.dumps({"version": version, "events": len(events), "known": known}))
    elif len(events):
        say_next(f'shelfspace recommend {space} --user "{events.table["user_id"][-1]}"')


def read_log(log: Path, rejects: Path) -> Events:
    """The events of a log, having told how it was read."""
    from shelfspace.data import read_events

    with step(f"Reading {log}"):
        events = read_events(log)
    used = ", ".join(f"{column} → {name}" for column, name in events.mapping.items() if column != name)
    users = events.table["user_id"].n_unique()
    say(f"  {len(events):,} events of {users:,} users{'; read as ' + used if used else ''}")
    tell_rejects(events.rejects, rejects)
    return events
