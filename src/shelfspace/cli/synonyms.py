"""The command `synonyms`: what a space takes for the same, to be read and corrected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import AsJson, SpaceFolder, TableFile
from shelfspace.cli.speak import say
from shelfspace.cli.tables import check_out, show


def synonyms(
    space: SpaceFolder,
    edit: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A table of term and same_as, which becomes the whole list."),
    ] = None,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """List what the feeds taught a space to call the same, or put your own list in its place.

    Example: [bold]shelfspace synonyms shelf --out synonyms.csv[/bold]

    Example: [bold]shelfspace synonyms shelf --edit synonyms.csv[/bold]
    """
    from shelfspace.space import load

    check_out(out)
    opened = load(space)
    if edit is not None:
        before = opened.synonyms().height
        opened = opened.with_synonyms(edit)
        version = opened.save(space)
        say(f"{opened.synonyms().height} synonyms instead of {before}; {space} now holds version {version}.")
    show(opened.synonyms(), out=out, as_json=as_json)
