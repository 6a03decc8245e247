"""The command `fraud`: suspicious accounts with what speaks for it, and rings in an event log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import AsJson, Seed, TableFile
from shelfspace.cli.speak import say, step
from shelfspace.cli.tables import check_out, show


def fraud(
    accounts: Annotated[
        Path | None,
        typer.Argument(metavar="[ACCOUNTS]", help="A table of accounts, a row each.", show_default=False),
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
    days: Annotated[float, typer.Option(help="Within how many days accounts meet at a product.")] = 3.0,
    seed: Seed = 0,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """List accounts that look like fraud, each with what speaks for it, or the rings of an event log.

    Accounts have ids, features in numbers and, where known, a label: 1 for fraud, 0 for honest.

    Example: [bold]shelfspace fraud accounts.csv --network edges.csv --out alerts.csv[/bold]

    Example: [bold]shelfspace fraud accounts.csv --events log.csv --cases cases.json[/bold]

    Example: [bold]shelfspace fraud accounts.csv --answers alerts.csv --feedback kept.jsonl[/bold]

    Example: [bold]shelfspace fraud --events log.csv --out rings.csv[/bold]
    """
    check_out(out)
    if not 0 < false_alarms < 1:
        raise typer.BadParameter(f"{false_alarms:g} is no share above 0 and below 1.")
    if answers is not None and feedback is None:
        raise typer.BadParameter("--answers needs --feedback FILE, where they are kept.")
    if accounts is None and events is None:
        raise typer.BadParameter("Name a table of accounts, or --events LOG for rings.")
    if accounts is None:
        assert events is not None  # one of the two was given
        _rings(events, days, seed, out, as_json)
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


def _rings(log: Path, days: float, seed: int, out: Path | None, as_json: bool) -> None:
    from shelfspace.data import read_events
    from shelfspace.tasks.fraud.rings import find_rings, rings_table

    events = read_events(log)
    with step(f"Looking for rings in {len(events):,} events"):
        found = find_rings(events, days=days, seed=seed)
    show(rings_table(found), out=out, as_json=as_json)
