"""The command `fraud`: suspicious accounts with what speaks for it, and rings in an event log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import AsJson, Seed, TableFile
from shelfspace.cli.speak import say, step
from shelfspace.cli.tables import check_out, show

if TYPE_CHECKING:
    import polars as pl

    from shelfspace.data.events import Events


def fraud(
    accounts: Annotated[
        Path | None,
        typer.Argument(
            metavar="[ACCOUNTS|SPACE]",
            help="A table of accounts, a row each; or a space, whose events are looked through.",
            show_default=False,
        ),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Who is connected with whom: source, target.", show_default=False),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG",
            help="An event log: connects accounts that meet; alone, its rings are listed.",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        bool, typer.Option("--labels/--no-labels", help="Learn from the labels there are, or leave them out.")
    ] = True,
    feedback: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where analysts' answers are kept; learned from.", show_default=False
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Alerts with label filled in: added to --feedback first.", show_default=False
        ),
    ] = None,
    false_alarms: Annotated[
        float, typer.Option(metavar="SHARE", help="The share of honest accounts that may be flagged.")
    ] = 0.01,
    most: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="At most so many alerts.", show_default=False)
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", help="Write each alert's evidence and graph there.", show_default=False
        ),
    ] = None,
    takeovers: Annotated[
        bool,
        typer.Option("--takeovers", help="Of a log or space: list accounts whose habits changed instead."),
    ] = False,
    days: Annotated[float, typer.Option(help="Within how many days accounts meet at a product.")] = 3.0,
    seed: Seed = 0,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """List accounts that look like fraud, with what speaks for it; of a log, rings or accounts taken over.

    Accounts have ids, features in numbers and, where known, a label: 1 for fraud, 0 for honest.

    Example: [bold]shelfspace fraud accounts.csv --network edges.csv --out alerts.csv[/bold]

    Example: [bold]shelfspace fraud accounts.csv --events log.csv --cases cases.json[/bold]

    Example: [bold]shelfspace fraud accounts.csv --answers alerts.csv --feedback kept.jsonl[/bold]

    Example: [bold]shelfspace fraud --events log.csv --out rings.csv[/bold]

    Example: [bold]shelfspace fraud shelf --takeovers --false-alarms 0.05[/bold]
    """
    check_out(out)
    if not 0 < false_alarms < 1:
        raise typer.BadParameter(f"{false_alarms:g} is no share above 0 and below 1.")
    if answers is not None and feedback is None:
        raise typer.BadParameter("--answers needs --feedback FILE, where they are kept.")
    if accounts is None and events is None:
        raise typer.BadParameter("Name a table of accounts, or --events LOG for rings.")
    of_space = accounts is not None and accounts.is_dir()
    if takeovers and accounts is not None and not of_space:
        raise typer.BadParameter("--takeovers is of a log or a space, without a table of accounts.")
    if accounts is None or of_space:
        log = _log(accounts, events)
        show(
            _changed(log, false_alarms, seed) if takeovers else _rings(log, days, seed),
            out=out,
            as_json=as_json,
        )
        return
    from shelfspace.tasks.fraud.cases import write_cases
    from shelfspace.tasks.fraud.feedback import keep_answers, with_feedback
    from shelfspace.tasks.fraud.fraud import find_fraud
    from shelfspace.tasks.fraud.sources import accounts_of

    if answers is not None and feedback is not None:
        say(f"{keep_answers(answers, feedback):,} answers were added to {feedback}.")
    read = accounts_of(accounts, network=network, events=events, days=days)
    if feedback is not None:
        read = with_feedback(read, feedback)
    with step(f"Looking at {len(read):,} accounts with {len(read.edges):,} connections"):
        found = find_fraud(read, labels=labels, seed=seed)
    say(
        "  learned from labels: " + found.learned.verdict.name
        if found.learned
        else "  without labels: by misfit and density"
    )
    if not found.flagged(false_alarms, most):
        say(
            f"  nobody is as rare as {false_alarms:g}: a larger --false-alarms shows the strangest there are."
        )
    if cases is not None:
        write_cases(found, found.flagged(false_alarms, most), cases)
        say(f"The cases were written to {cases}.")
    show(found.alerts(false_alarms, most), out=out, as_json=as_json)


def _log(space: Path | None, events: Path | None) -> Events:
    """The log of the file, or else that of the space; `FeedError` where the space has none."""
    from shelfspace.data import read_events
    from shelfspace.errors import FeedError
    from shelfspace.space import load

    if events is not None:
        return read_events(events)
    assert space is not None  # one of the two was given
    log = load(space).events
    if not len(log):
        raise FeedError(
            f"The space {space} has no events.",
            "Rings and takeovers are found in what shoppers did.",
            "Fit it with --events LOG, or pass the log alone.",
        )
    return log


def _rings(events: Events, days: float, seed: int) -> pl.DataFrame:
    from shelfspace.tasks.fraud.rings import find_rings, rings_table

    with step(f"Looking for rings in {len(events):,} events"):
        return rings_table(find_rings(events, days=days, seed=seed))


def _changed(events: Events, false_alarms: float, seed: int) -> pl.DataFrame:
    from shelfspace.tasks.fraud.takeovers import find_takeovers

    with step(f"Looking for accounts whose habits changed in {len(events):,} events"):
        table = find_takeovers(events, seed=seed).table(false_alarms)
    changed = int((table["verdict"] == "changed").sum())
    say(f"  {changed:,} of {table.height:,} accounts with ten events and more changed.")
    return table
