"""The command `match`: which products two shops both sell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import AsJson, MatchLabels, Recall, SpaceFolder, TableFile, check_threshold
from shelfspace.cli.speak import say, step
from shelfspace.cli.tables import check_out, show

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from shelfspace.space import Space


def match(
    space: SpaceFolder,
    left: Annotated[
        str | None, typer.Option(metavar="SHOP", help="One shop; not needed where there are two.")
    ] = None,
    right: Annotated[str | None, typer.Option(metavar="SHOP", help="The other shop.")] = None,
    threshold: Annotated[
        str,
        typer.Option(metavar="auto|P", callback=check_threshold, help="The least probability of a match."),
    ] = "auto",
    one_to_one: Annotated[
        bool, typer.Option("--one-to-one/--many", help="One match at most for each product, or any number.")
    ] = True,
    labels: Annotated[
        MatchLabels, typer.Option(help="Use the labelled pairs of the space, or none.")
    ] = MatchLabels.space,
    recall: Recall = None,
    out: TableFile = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write a page to look through.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the products that two shops both sell: left_id, right_id, probability, why; the surest first.

    Example: [bold]shelfspace match shelf --out matches.csv --report matches.html[/bold]

    Example: [bold]shelfspace match shelf --left north --right south --threshold 0.9[/bold]
    """
    from shelfspace.space import load

    check_out(out)
    opened = load(space)
    for shop in (left, right):
        if shop is not None:
            opened.catalog.rows_of_shop(shop)  # which says what shops there are
    with step("Matching"):
        cut = threshold if threshold == "auto" else float(threshold)
        matches = opened.match(
            left, right, threshold=cut, one_to_one=one_to_one, labels=labels.value, recall=recall
        )
    shops = _shops(opened, left, right)
    if recall is not None:
        from shelfspace.tasks.match.match import blocked

        say(str(blocked(opened, *shops, recall=recall, labels=labels.value)))
    say(f"{matches.height:,} matches between {shops[0]} and {shops[1]}.")
    if report is not None:
        _write_report(report, opened, shops, matches)
    show(matches, out=out, as_json=as_json, draw=lambda rows: _drawn(opened, shops, rows))


def _shops(space: Space, left: str | None, right: str | None) -> tuple[str, str]:
    from shelfspace.tasks.match.match import two_shops_of

    return two_shops_of(space, left, right)


def _drawn(space: Space, shops: tuple[str, str], matches: pl.DataFrame) -> Table:
    from shelfspace.tasks.listed_pairs import listed_pairs

    return drawn_pairs(listed_pairs(space.catalog, matches, *shops))


def drawn_pairs(pairs: pl.DataFrame, *, reason: str = "why") -> Table:
    """Pairs for a terminal, both listings of each one above the other; `reason` names the last column."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_lines=True)
    table.add_column("sure", justify="right", no_wrap=True)
    table.add_column("the two listings", ratio=5, overflow="fold")
    table.add_column(reason, ratio=4, overflow="fold")
    for pair in pairs.iter_rows(named=True):
        listings = Text()
        for side in ("left", "right"):
            listings.append(f"{pair[f'{side}_title'] or 'no title'}  ")
            listings.append(
                f"{pair[f'{side}_id']}\n" if side == "left" else f"{pair[f'{side}_id']}", style="dim"
            )
        sure = "–" if pair["probability"] is None else f"{pair['probability']:.3f}"
        table.add_row(sure, listings, Text(pair[reason] or ""))
    return table


def _write_report(path: Path, space: Space, shops: tuple[str, str], matches: pl.DataFrame) -> None:
    from shelfspace.report import match_report
    from shelfspace.tasks.listed_pairs import listed_pairs

    sizes = [len(space.catalog.rows_of_shop(shop)) for shop in shops]
    figures: dict[str, float | str] = {
        "matches": matches.height,
        f"{shops[0]} products": sizes[0],
        f"{shops[1]} products": sizes[1],
        "expected precision": float(matches["probability"].mean() or 0.0),  # type: ignore[arg-type]
    }
    notes = ["Expected precision is the mean of the probabilities, which are calibrated on pairs held out."]
    pairs = listed_pairs(space.catalog, matches, *shops)
    match_report(
        path, title=f"{shops[0]} and {shops[1]}", figures=figures, floors={}, matches=pairs, notes=notes
    )
    say(f"The report was written to {path}.")
