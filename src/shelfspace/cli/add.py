"""The command `add`: more products for a space that is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import (
    AsJson,
    ImagesOption,
    MapOption,
    RejectsOption,
    SpaceFolder,
    TableFile,
    mapping_of,
)
from shelfspace.cli.speak import say, say_next, step
from shelfspace.cli.tables import check_out, show


def add(
    space: SpaceFolder,
    feeds: Annotated[
        list[Path],
        typer.Argument(metavar="FEED...", help="New or changed products, in any format that fit reads."),
    ],
    map_: MapOption = None,
    images: ImagesOption = None,
    rejects: RejectsOption = None,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Add products to a space, or replace those with the same shop and id, as a new version of it.

    New products join the clusters that the space keeps, or make new ones. No cluster_id changes: the splits
    and merges that are now suggested are listed, and cluster --revise makes them.

    Photos are looked for in the folder --images, where the space was fitted with photos.

    Example: [bold]shelfspace add shelf today.csv[/bold]
    """
    from shelfspace.cli.fit import read_feeds
    from shelfspace.space import load

    rejects = rejects or space.with_name(f"{space.name}-rejects.csv")
    check_out(out)
    check_out(rejects)
    opened = load(space)
    catalog = read_feeds(feeds, mapping_of(map_), rejects)
    with step("Adding"):
        added = opened.add(catalog, images=images)
    version = added.space.save(space)
    say(f"{space} now holds version {version} with {len(added.space):,} products.")
    say(f"  {added.new:,} new, {added.updated:,} replaced; {added.joined:,} joined a cluster that was there.")
    figures = {"version": version, "new": added.new, "updated": added.updated, "joined": added.joined}
    if as_json and out is None:
        typer.echo(json.dumps({**figures, "suggested": added.suggested.to_dicts()}, ensure_ascii=False))
        return
    show(added.suggested, out=out, as_json=as_json)
    if added.suggested.height:
        say(f"{added.suggested.height:,} splits and merges are suggested; none was made.")
        say_next(f"shelfspace cluster {space} --revise")
