"""The command `classify`: which category products belong to, from a few labels or from their own column."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import AsJson, Preset, PresetOption, Seed, SpaceFolder, TableFile
from shelfspace.cli.speak import say, step
from shelfspace.cli.tables import check_out, show


def classify(
    space: SpaceFolder,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Labelled products: id, category, and shop where ids repeat."),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Without --labels: the column to learn from and to fill in. Default: "
            "google_product_category or product_type, the fuller one.",
        ),
    ] = None,
    abstain: Annotated[
        float | None,
        typer.Option(metavar="P", help="Tell only what is right this often, 0.95 for one; else its parent."),
    ] = None,
    suggest: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="List N products whose label would teach most instead."),
    ] = None,
    preset: PresetOption = Preset.balanced,
    seed: Seed = 0,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Tell the category of every product that has none.

    Categories may be paths such as "Home > Lighting > Lamps". How often the answers are right is judged by
    labels that were held back.

    Example: [bold]shelfspace classify shelf --labels labels.csv --out categories.csv[/bold]

    Example: [bold]shelfspace classify shelf --labels labels.csv --suggest 20 --out next.csv[/bold]

    Example: [bold]shelfspace classify shelf --column product_type --abstain 0.95[/bold]
    """
    from shelfspace.space import load
    from shelfspace.tasks.classify.classify import classify as learn

    check_out(out)
    if labels is not None and column is not None:
        raise typer.BadParameter("Name --labels or --column, not both.")
    opened = load(space)
    with step("Learning categories"):
        found = learn(opened, labels, column=column, abstain=abstain, preset=preset.value, seed=seed)
    figures = found.figures()
    say(
        f"  learned from {figures['labels']:,.0f} labels of {len(found.known.names):,} categories; of "
        f"{figures['held_out']:,.0f} held back {figures['accuracy']:.1%} are told rightly"
    )
    if abstain is not None:
        say(
            f"  asked for {abstain:.1%}: {figures['share_told']:.1%} of them are told, "
            f"{figures['accuracy_told']:.1%} of these rightly"
        )
    table = found.table if suggest is None else found.suggestions(suggest, seed=seed)
    show(table, out=out, as_json=as_json)
