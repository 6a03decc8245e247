"""The command `sync`: quantities and prices of matched offers made to agree across shops."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfspace.cli.options import AsJson, TableFile, check_threshold
from shelfspace.cli.speak import say, say_next, step
from shelfspace.cli.tables import check_out, show, tell_rejects, write_table

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from shelfspace.tasks.sync import Sync

_TITLE = 48  # characters of a title that are shown


def sync(
    stock: Annotated[
        list[str],
        typer.Option(
            metavar="[SHOP=]FILE", help="Quantities and prices: CSV, TSV, JSON lines or Parquet; may repeat."
        ),
    ],
    space: Annotated[
        Path | None,
        typer.Argument(metavar="[SPACE]", help="The folder that [bold]fit[/bold] wrote.", show_default=False),
    ] = None,
    left: Annotated[str | None, typer.Option(metavar="SHOP", help="Only between this shop …")] = None,
    right: Annotated[str | None, typer.Option(metavar="SHOP", help="… and this one.")] = None,
    threshold: Annotated[
        str,
        typer.Option(
            metavar="auto|P", callback=check_threshold, help="The least probability of a match to act on."
        ),
    ] = "auto",
    quantity: Annotated[
        str, typer.Option(metavar="POLICY", help="lowest, latest, changes, keep or from:SHOP.")
    ] = "lowest",
    price: Annotated[str, typer.Option(metavar="POLICY", help="keep, lowest, latest or from:SHOP.")] = "keep",
    max_price_change: Annotated[
        float, typer.Option(min=0, help="A price that would change by a greater share is left as it is.")
    ] = 0.3,
    out: TableFile = None,
    conflicts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what is left as it is to FILE.", show_default=False),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where unusable records are listed; beside the stock if not given."
        ),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Carry the plan out.")] = False,
    out_stock: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the new stock goes; a folder for several files."),
    ] = None,
    in_place: Annotated[
        bool,
        typer.Option("--in-place", help="Write over the stock files; what they held is kept beside them."),
    ] = False,
    journal: Annotated[
        Path | None, typer.Option(metavar="FILE", help="By default sync-journal.jsonl beside the stock.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="JOURNAL", help="Make the changes of a journal once more.")
    ] = None,
    undo: Annotated[Path | None, typer.Option(metavar="JOURNAL", help="Take the last run back.")] = None,
    run: Annotated[int | None, typer.Option(min=1, help="Which run to replay or undo.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make quantities and prices of matched offers agree across shops; a dry run unless --apply is given.

    Example: [bold]shelfspace sync shelf --stock stock.csv --out plan.csv[/bold]

    Example: [bold]shelfspace sync shelf --stock stock.csv --apply --out-stock new-stock.csv[/bold]

    Example: [bold]shelfspace sync --undo sync-journal.jsonl --stock new-stock.csv --apply --in-place[/bold]
    """
    for table in (out, conflicts, rejects):
        check_out(table)
    if apply and in_place == (out_stock is not None):
        raise typer.BadParameter("--apply goes with one of --out-stock FILE and --in-place.")
    sources = [_source(text) for text in stock]
    titles: dict[tuple[str, str], str] = {}
    if replay is not None or undo is not None:
        if space is not None or (replay is not None and undo is not None):
            raise typer.BadParameter("One of SPACE, --replay and --undo is given.")
        planned = _from_journal(sources, replay, undo, run)
        journal = replay or undo
        note = ""
    else:
        if space is None:
            raise typer.BadParameter("SPACE is needed where nothing is replayed or undone.")
        from shelfspace.space import load
        from shelfspace.space.versions import current

        opened, note = load(space), f"{space} {current(space)}"
        titles = _titles(opened.catalog.table)
        with step("Matching the shops and comparing their stock"):
            planned = opened.sync(
                sources,
                left,
                right,
                threshold=threshold if threshold == "auto" else float(threshold),
                quantity=quantity,
                price=price,
                max_price_change=max_price_change,
                journal=journal,
            )
        _tell_matches(planned)
    for said in planned.notes:
        say(said)
    tell_rejects(planned.rejects, rejects or _beside(sources[0][1]))
    if conflicts is not None:
        write_table(planned.conflicts, conflicts)
    _show(planned, titles, out=out, as_json=as_json)
    _tell_conflicts(planned, conflicts)
    if apply:
        paths = planned.write(out_stock, in_place=in_place, journal=journal, note=note)
        say(f"{_count(planned.plan.height, 'change')} written to {', '.join(str(path) for path in paths)}.")
    else:
        _tell_dry_run(planned)


def _source(text: str) -> tuple[str | None, Path]:
    """The shop, where "SHOP=FILE" names one, and the file."""
    shop, sign, path = text.partition("=")
    named = sign and shop and not Path(text).exists()
    return (shop, Path(path)) if named else (None, Path(text))


def _from_journal(
    sources: list[tuple[str | None, Path]], replay: Path | None, undo: Path | None, run: int | None
) -> Sync:
    from shelfspace.tasks.sync import replay_sync, undo_sync

    if undo is not None:
        return undo_sync(sources, undo, run=run)
    return replay_sync(sources, replay or "", run=run)


def _titles(table: pl.DataFrame) -> dict[tuple[str, str], str]:
    rows = table.select("shop", "id", "title").iter_rows()
    return {(shop, identifier): title or "" for shop, identifier, title in rows}


def _beside(stock: Path) -> Path:
    return stock.with_name(f"{stock.stem}-rejects.csv")


def _tell_matches(planned: Sync) -> None:
    sure = f"{planned.threshold:.3f}".rstrip("0").rstrip(".")
    say(
        f"Matches of {sure} and surer: {_count(planned.n_products, 'product')} in the stock of several shops."
    )
    if planned.skipped:
        say(f"{_count(planned.skipped, 'weaker match', 'weaker matches')} left alone.")


def _show(planned: Sync, titles: dict[tuple[str, str], str], *, out: Path | None, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = {
            "plan": planned.plan.to_dicts(),
            "conflicts": planned.conflicts.to_dicts(),
            "rejects": planned.rejects.to_dicts(),
            "products": planned.n_products,
            "skipped": planned.skipped,
            "threshold": planned.threshold,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
        if out is None:
            return
    if planned.plan.is_empty() and sys.stdout.isatty() and out is None:
        say("Nothing is to be changed.")
        return
    show(planned.plan, out=out, draw=lambda rows: _drawn(rows, titles))


def _drawn(plan: pl.DataFrame, titles: dict[tuple[str, str], str]) -> Table:
    """The plan for a terminal: each offer by its title, with what it says now and will say."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("the offer", ratio=5, overflow="fold")
    table.add_column("what", no_wrap=True)
    table.add_column("now", justify="right", no_wrap=True)
    table.add_column("then", justify="right", no_wrap=True)
    table.add_column("because of", ratio=3, overflow="fold")
    table.add_column("sure", justify="right", no_wrap=True)
    before = ""
    for row in plan.iter_rows(named=True):
        reference = f"{row['shop']}/{row['id']}"
        offer = Text("" if reference == before else reference)
        title = " ".join(titles.get((row["shop"], row["id"]), "").split())
        if title and reference != before:
            offer.append(f"\n{title if len(title) < _TITLE else title[: _TITLE - 1] + '…'}", style="dim")
        cause = Text(row["because_of"]).append(f"\n{row['reason']}", style="dim")
        now, then = Text(row["old"] or "–", style="dim"), Text(row["new"] or "–", style="bold")
        table.add_row(offer, row["attribute"], now, then, cause, f"{row['probability']:.3f}")
        before = reference
    return table


def _tell_conflicts(planned: Sync, path: Path | None) -> None:
    """Say how many conflicts there are of each kind, with an example."""
    found = planned.conflicts
    if found.is_empty():
        return
    say(f"{_count(found.height, 'conflict')}, left as they are:")
    for (kind,), rows in sorted(found.group_by("kind"), key=lambda part: (-part[1].height, part[0])):
        first = rows.row(0, named=True)
        said = " ".join(filter(None, (f"{first['shop']}/{first['id']}", first["value"])))
        say(f"  {rows.height:>5,} × {kind}: {said} against {first['others']} ({first['reason']})")
    say(f"  All of them are in {path}." if path else "  --conflicts FILE.csv writes them all.")


def _tell_dry_run(planned: Sync) -> None:
    if planned.plan.is_empty():
        return
    say("A dry run: nothing has been written.")
    given = [argument for argument in sys.argv[1:] if argument not in ("--json",)]
    if given[:1] == ["sync"]:
        place = [] if {"--in-place", "--out-stock"} & set(given) else ["--in-place"]
        say_next(shlex.join(["shelfspace", *given, "--apply", *place]))


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
