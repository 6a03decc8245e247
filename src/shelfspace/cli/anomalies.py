"""The command `anomalies`: damaged goods among photos; wrong, repeated and broken photos of a space."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import AsJson, Preset, PresetOption, Seed, TableFile
from shelfspace.cli.speak import say, step
from shelfspace.cli.tables import check_out, show


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
            help="Of a space: the folder that its image_link names photos in.",
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
    preset: PresetOption = Preset.balanced,
    seed: Seed = 0,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """List photos that show damage, or a space's photos that do not fit, repeat themselves or are broken.

    What good ones look like is learned from a folder of their photos; no photo of damage is needed.

    Example: [bold]shelfspace anomalies returns --good undamaged --heatmaps heat --out damaged.csv[/bold]

    Example: [bold]shelfspace anomalies shelf --images photos[/bold]
    """
    check_out(out)
    if not 0 < false_alarms < 1:
        raise typer.BadParameter(f"{false_alarms:g} is no share above 0 and below 1.")
    if (good is None) == (images is None):
        raise typer.BadParameter("Name --good FOLDER for a folder of photos, or --images DIR for a space.")
    if images is not None:
        from shelfspace.space import load
        from shelfspace.tasks.anomalies.listings import listing_anomalies

        with step("Comparing photos with titles and with each other"):
            found = listing_anomalies(load(what).catalog, images, false_alarms=false_alarms, seed=seed)
        show(found, out=out, as_json=as_json)
        return
    assert good is not None  # one of the two was given
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


def _mixture(inspector: object) -> str:
    from shelfspace.tasks.anomalies.inspector import Inspector

    assert isinstance(inspector, Inspector)
    return ", ".join(
        f"{weight:.0%} {name.replace('_', ' ')}" for name, weight in inspector.verdict.weights.items()
    )
