"""The commands that look after a space: versions, rollback, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import AsJson, SpaceFolder, TableFile
from shelfspace.cli.speak import say
from shelfspace.cli.tables import check_out, show

if TYPE_CHECKING:
    import polars as pl


def versions(space: SpaceFolder, out: TableFile = None, as_json: AsJson = False) -> None:
    """List the versions of a space, oldest first; readers open the current one.

    Example: [bold]shelfspace versions shelf[/bold]
    """
    check_out(out)
    show(_versions_table(space), out=out, as_json=as_json)


def rollback(
    space: SpaceFolder,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A name that versions lists.")],
) -> None:
    """Make another version of a space the current one; nothing is deleted.

    Example: [bold]shelfspace rollback shelf 000001[/bold]
    """
    from shelfspace.space import versions as store

    store.rollback(space, version)
    say(f"{space} now opens version {version}.")


def check(space: SpaceFolder, out: TableFile = None, as_json: AsJson = False) -> None:
    """Verify every file of every version; exit code 1 when one is damaged, missing or unknown.

    Example: [bold]shelfspace check shelf[/bold]
    """
    from shelfspace.cli.refusals import REFUSED
    from shelfspace.space import check as check_space

    check_out(out)
    findings = check_space(space)
    show(findings, out=out, as_json=as_json)
    wrong = findings.filter(findings["finding"] != "ok")
    if wrong.height:
        say(
            f"{wrong.height} of {findings.height} files are not as they were written. Restore them from a "
            f"backup, or go back to a good version with shelfspace rollback {space} VERSION."
        )
        raise typer.Exit(REFUSED)
    say(f"All {findings.height} files are as they were written.")


def _versions_table(root: Path) -> pl.DataFrame:
    import polars as pl

    from shelfspace.errors import SpaceError
    from shelfspace.space import versions as store
    from shelfspace.space.manifest import MANIFEST_NAME, read_manifest

    names, current = store.versions(root), store.current(root)
    rows = []
    for name in names:
        row: dict[str, object] = {"version": name, "current": "yes" if name == current else ""}
        try:
            manifest = read_manifest(store.version_folder(root, name) / MANIFEST_NAME)
        except SpaceError:
            row["created"] = "damaged"
        else:
            row |= {"created": manifest.created, "products": manifest.n_products}
            row |= {
                "shops": ", ".join(manifest.shops),
                "encoder": manifest.encoder_kind,
                "seed": manifest.seed,
            }
        rows.append(row)
    schema = {
        **dict.fromkeys(("version", "current", "created"), pl.String),
        "products": pl.Int64,
        **dict.fromkeys(("shops", "encoder"), pl.String),
        "seed": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema)
