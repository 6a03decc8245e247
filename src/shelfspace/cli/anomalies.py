"""The command `anomalies`: damaged goods among photos, wrong listings of a space, strange rows of a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import AsJson, Preset, PresetOption, Seed, TableFile
from shelfspace.cli.speak import say, step
from shelfspace.cli.tables import check_out, show, write_table

if TYPE_CHECKING:
    import polars as pl


def anomalies(
    what: Annotated[
        Path,
        typer.Argument(
            metavar="PHOTOS|SPACE|TABLE",
            help="A folder of photos, a space that was fitted, or a table of anything.",
            show_default=False,
        ),
    ],
    good: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER|TABLE",
            help="Photos of good ones, a hundred or more; of a table: one of ordinary rows.",
            show_default=False,
        ),
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Of a space: look at its photos too, in the folder that image_link leads into.",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='Of a table: what its columns are, as JSON, {"price": "number"}. Default: guessed.',
            show_default=False,
        ),
    ] = None,
    false_alarms: Annotated[
        float, typer.Option(metavar="SHARE", help="The share of good things that may be flagged.")
    ] = 0.01,
    heatmaps: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write heat maps of the damaged.", show_default=False),
    ] = None,
    patch: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Of a space: where suggested changes go, for mend.", show_default=False
        ),
    ] = None,
    repeats: Annotated[
        bool, typer.Option(help="Of a space: look for repeated listings, which takes the most time.")
    ] = True,
    preset: PresetOption = Preset.balanced,
    seed: Seed = 0,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """List damage in photos, what looks wrong with the listings of a space, or strange rows of a table.

    What good ones look like is learned from a folder of their photos; no photo of damage is needed. Of a
    space, wrong and missing categories, brands and colours are listed, odd prices, repeated listings and,
    with --images, photos that do not fit; each with a reason, and a better value where there is one. Of a
    table every row gets a p-value, a verdict and, where it is strange, the columns that are odd.

    Example: [bold]shelfspace anomalies returns --good undamaged --heatmaps heat --out damaged.csv[/bold]

    Example: [bold]shelfspace anomalies shelf --images photos --patch patch.csv[/bold]

    Example: [bold]shelfspace anomalies orders.csv --good last_year.csv --out strange.csv[/bold]
    """
    check_out(out)
    if not 0 < false_alarms < 1:
        raise typer.BadParameter(f"{false_alarms:g} is no share above 0 and below 1.")
    if what.is_file():
        if images is not None or patch is not None or heatmaps is not None:
            raise typer.BadParameter("--images and --patch are for a space, --heatmaps for photos.")
        show(_of_table(what, good, schema, false_alarms, preset, seed), out=out, as_json=as_json)
        return
    if schema is not None:
        raise typer.BadParameter("--schema is for a table.")
    if good is not None and (images is not None or patch is not None):
        raise typer.BadParameter("--good is for a folder of photos, --images and --patch are for a space.")
    if good is None:
        check_out(patch)
        found = _of_listings(what, images, false_alarms, repeats, seed)
        if patch is not None:
            _write_patch(found, patch)
        show(found, out=out, as_json=as_json)
        return
    from shelfspace.tasks.anomalies import inspect_photos, inspector_of, photo_files

    paths = photo_files(what)
    with step(f"Learning what good ones look like from {good}"):
        inspector = inspector_of(good, preset=preset.value, seed=seed)
    say(
        f"  it tells {inspector.verdict.score:.0%} of made-up defects from good photos: {_mixture(inspector)}"
    )
    with step(f"Inspecting {len(paths):,} photos"):
        table = inspect_photos(paths, inspector, false_alarms=false_alarms, heat_maps=heatmaps)
    show(table, out=out, as_json=as_json)


def _of_listings(
    space: Path, images: Path | None, false_alarms: float, repeats: bool, seed: int
) -> pl.DataFrame:
    from shelfspace.space import load
    from shelfspace.tasks.anomalies.listings import listing_anomalies

    opened = load(space)
    with step(f"Looking at {len(opened):,} listings"):
        found = listing_anomalies(opened, images, false_alarms=false_alarms, repeats=repeats, seed=seed)
    for kind, count in found["anomaly"].value_counts(sort=True).iter_rows():
        say(f"  {count:,} × {kind}")
    return found


def _of_table(
    path: Path, good: Path | None, schema: Path | None, false_alarms: float, preset: Preset, seed: int
) -> pl.DataFrame:
    from shelfspace.data.readers.text_table import read_text_table
    from shelfspace.data.table_schema import KINDS, guessed, read_kinds
    from shelfspace.tasks.anomalies.strange_rows import strange_rows
    from shelfspace.tasks.anomalies.tables import STEPS

    table = read_text_table(path)
    ordinary = None if good is None else read_text_table(good)
    known = table if ordinary is None else ordinary
    kinds = guessed(known) if schema is None else read_kinds(schema, known)
    told = {kind: [name for name, own in kinds.items() if own == kind] for kind in KINDS}
    say("; ".join(f"{kind}: {', '.join(names)}" for kind, names in told.items() if names))
    with step(f"Looking at {len(table):,} rows"):
        found = strange_rows(table, kinds, ordinary, steps=STEPS[preset.value], seed=seed)
    rows = found.rows(false_alarms)
    say(f"  {(rows['verdict'] == 'strange').sum():,} are as strange as {false_alarms:g} of ordinary ones.")
    return rows


def _write_patch(found: pl.DataFrame, path: Path) -> None:
    from shelfspace.tasks.anomalies.mend import patch_of

    changes = patch_of(found)
    write_table(changes, path)
    say(f"{changes.height:,} suggested changes were written to {path}; leave out rows, then run mend.")


def _mixture(inspector: object) -> str:
    from shelfspace.tasks.anomalies.inspector import Inspector

    assert isinstance(inspector, Inspector)
    return ", ".join(
        f"{weight:.0%} {name.replace('_', ' ')}" for name, weight in inspector.verdict.weights.items()
    )
