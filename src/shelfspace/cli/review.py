"""The command `review`: the pairs whose answers teach most, asked in the terminal or as a file to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import SpaceFolder
from shelfspace.cli.speak import say, say_next, step

if TYPE_CHECKING:
    import polars as pl

    from shelfspace.data import Pairs
    from shelfspace.space import Space


def review(
    space: SpaceFolder,
    left: Annotated[
        str | None, typer.Option(metavar="SHOP", help="One shop; not needed where there are two.")
    ] = None,
    right: Annotated[str | None, typer.Option(metavar="SHOP", help="The other shop.")] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="How many pairs to ask about.")] = 20,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Write the pairs, to fill in label: 1 the same product, 0 not."
        ),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take back such a file once it is filled in.")
    ] = None,
    learn: Annotated[
        bool, typer.Option("--learn/--later", help="Learn from the answers at once, or only keep them.")
    ] = True,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where bad rows of --labels go. Default: FILE-rejects.csv."),
    ] = None,
) -> None:
    """Judge the pairs that teach most: asked one by one, or as a table to fill in. Answers stay in the space.

    Keys: y the same product, n another one, s skip, b back, q enough.

    Example: [bold]shelfspace review shelf -n 40[/bold]

    Example: [bold]shelfspace review shelf --out to_review.csv[/bold]

    Example: [bold]shelfspace review shelf --labels to_review.csv[/bold]
    """
    from shelfspace.cli.tables import check_out
    from shelfspace.errors import OptionError
    from shelfspace.space import load

    if out is not None and labels is not None:
        raise OptionError(
            "Both --out and --labels were given.",
            "One writes pairs to fill in, the other takes them back.",
            "Give one of them.",
        )
    check_out(out)
    opened = load(space)
    if labels is not None:
        _keep(space, opened, _filled(labels, opened, left, right, rejects), learn=learn)
        return
    with step("Choosing the pairs that teach most"):
        asked = opened.review(left, right, n)
    if out is not None:
        _write(asked, out)
        say(f"{asked.height:,} pairs to fill in were written to {out}: label 1 the same product, 0 not.")
        say_next(f"shelfspace review {space} --labels {out}")
        return
    from shelfspace.cli.question import ask

    _keep(space, opened, ask(asked), learn=learn)


def _write(asked: pl.DataFrame, out: Path) -> None:
    """The table as a file; a CSV such that spreadsheets read its letters and compute nothing from them."""
    from shelfspace.cli.tables import write_table

    if out.suffix.lower() != ".csv":
        write_table(asked, out)
        return
    import polars as pl

    shown = [name for name in asked.columns if asked[name].dtype == pl.String and not name.endswith(_EXACT)]
    formula = r"^[=+\-@\t\r]"
    safe = asked.with_columns(
        pl.when(pl.col(name).str.contains(formula)).then("'" + pl.col(name)).otherwise(name).alias(name)
        for name in shown
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    safe.write_csv(out, include_bom=True)


_EXACT = ("_id", "_shop")  # what is read back


def _filled(
    path: Path, space: Space, left: str | None, right: str | None, rejects: Path | None
) -> Pairs | None:
    """The labels of a filled-in file; what cannot be taken is told and written to `rejects`."""
    from dataclasses import replace

    import polars as pl

    from shelfspace.cli.tables import check_out, write_table
    from shelfspace.data import read_pairs

    rejects = rejects or path.with_name(f"{path.stem}-rejects.csv")
    check_out(rejects)
    pairs = read_pairs(path, space.catalog, left, right)
    empty = (pl.col("attribute") == "label") & pl.col("value").is_null()
    unfilled, bad = (
        pairs.rejects.filter(which.fill_null(False)) for which in (empty, ~empty.fill_null(False))
    )
    say(f"  {len(pairs):,} labels read from {path}; {unfilled.height:,} rows are not filled in.")
    if bad.height:
        write_table(bad, rejects)
        first = bad.row(0, named=True)
        say(
            f"  {bad.height:,} rows not taken; the first, row {first['row']}: {first['reason']}; "
            f"see {rejects}"
        )
    return replace(pairs, rejects=bad) if len(pairs) else None


def _keep(root: Path, space: Space, answered: Pairs | None, *, learn: bool) -> None:
    """Save the space with the answers, learned from at once or not."""
    if answered is None or not len(answered):
        say("No labels were given; the space stays as it is.")
        return
    from shelfspace.tasks.review import relearned

    before = len(space.pairs)
    labelled = space.with_labels(answered)
    same = int(labelled.pairs.table["label"].sum())
    version = labelled.save(root)  # the answers are safe before the learning begins
    say(
        f"{len(answered):,} answers kept in version {version}; the space now holds {len(labelled.pairs):,} "
        f"labelled pairs ({len(labelled.pairs) - before:,} new), {same:,} of them the same product."
    )
    if learn:
        with step("Learning from them"):
            space = relearned(labelled)
        say(f"{root} now holds version {space.save(root)}, learned from all labels.")
        if space.figures.get("learned_from") in ("gtin", "none"):
            say("The match scorer learns from labels once there are five of either kind; go on with review.")
        say_next(f"shelfspace match {root} --out matches.csv", f"shelfspace review {root}")
    else:
        say("They are not learned from yet: match does so each time until the space is fitted again.")
        say_next(f"shelfspace fit FEED... --out {root}")
