"""The command `anomalies`: damaged goods among photos; what looks wrong with the listings of a space."""

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
            metavar="PHOTOS|SPACE", help="A folder of photos, or a space that was fitted.", show_default=False
        ),
    ],
    good: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Photos of good ones, a hundred or more.", show_default=False),
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Of a space: look at its photos too, in the folder that image_link leads into.",
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
    """List photos that show damage, or what looks wrong with the listings of a space.

    What good ones look like is learned from a folder of their photos; no photo of damage is needed. Of a
    space, wrong and missing categories, brands and colours are listed, odd prices, repeated listings and,
    with --images, photos that do not fit; each with a reason, and a better value where there is one.

    Example: [bold]shelfspace anomalies returns --good undamaged --heatmaps heat --out damaged.csv[/bold]

    Example: [bold]shelfspace anomalies shelf --images photos --patch patch.csv[/bold]
    """
    check_out(out)
    if not 0 < false_alarms < 1:
        raise typer.BadParameter(f"{false_alarms:g} is no share above 0 and below 1.")
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
