"""The command `map`: the catalogue as a page of points."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import ImagesOption, SpaceFolder
from shelfspace.cli.speak import say, step


class Colour(StrEnum):
    """What the points are coloured by."""

    shop = "shop"
    category = "category"
    anomaly = "anomaly"


class MapLayout(StrEnum):
    """How the points are laid out."""

    auto = "auto"
    closed = "closed"
    learned = "learned"


def map(
    space: SpaceFolder,
    out: Annotated[Path, typer.Option(metavar="FILE.html", help="Where to write the page.")] = Path(
        "map.html"
    ),
    colour: Annotated[
        Colour | None,
        typer.Option(help="What is coloured at first. Default: the category, if any.", show_default=False),
    ] = None,
    images: ImagesOption = None,
    layout: Annotated[
        MapLayout,
        typer.Option(
            help="closed is there at once; learned keeps neighbours together (extra map); auto: as installed."
        ),
    ] = MapLayout.auto,
) -> None:
    """Draw the catalogue as a page of points: alike products lie near each other.

    The page needs nothing but a browser. Drag and zoom, hover for titles (and photos with --images), search,
    and choose what is coloured.

    Example: [bold]shelfspace map shelf --out map.html[/bold]

    Example: [bold]shelfspace map shelf --colour shop --images photos[/bold]
    """
    from shelfspace.space import load

    opened = load(space)
    with step(f"Laying out {len(opened):,} products"):
        page = opened.map(out, colour=colour and colour.value, images=images, layout=layout.value)
    say(f"The map was written to {page} ({page.stat().st_size / 2**20:.1f} MiB).")
