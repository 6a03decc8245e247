"""The commands `keys add`, `keys list` and `keys revoke`: who may ask a service."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import AsJson
from shelfspace.cli.refusals import refusing
from shelfspace.cli.speak import say
from shelfspace.cli.tables import show

KeyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file of keys.", show_default=False)]

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke the keys of a service.")


class Scope(StrEnum):
    """What a key may do; each may do what those before it may."""

    read = "read"
    write = "write"
    admin = "admin"


def add(
    file: KeyFile,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is.")],
    scope: Annotated[Scope, typer.Option(help="read asks, admin changes versions too.")] = Scope.read,
) -> None:
    """Make a key and print it: the file holds its hash alone, so it is shown this once.

    Example: [bold]shelfspace keys add keys.json storefront[/bold]
    """
    from shelfspace.service.keys import add_key

    key, token = add_key(file, name, scope.value)
    say(f"The key {key.id} of {name!r} may {scope.value}. Keep it well, it is not shown again:")
    typer.echo(token)


def list_(file: KeyFile, as_json: AsJson = False) -> None:
    """List the keys: id, name, scope, created.

    Example: [bold]shelfspace keys list keys.json[/bold]
    """
    import polars as pl

    from shelfspace.service.keys import read_keys

    fields = ("id", "name", "scope", "created")
    listed = [{name: getattr(key, name) for name in fields} for key in read_keys(file)]
    show(pl.DataFrame(listed, schema=dict.fromkeys(fields, pl.String)), as_json=as_json)


def revoke(
    file: KeyFile, identifier: Annotated[str, typer.Argument(metavar="ID", help="An id that list shows.")]
) -> None:
    """Revoke a key; a running service refuses it from the next request on.

    Example: [bold]shelfspace keys revoke keys.json 1f2e3d4c[/bold]
    """
    from shelfspace.service.keys import revoke_key

    key = revoke_key(file, identifier)
    say(f"The key {key.id} of {key.name!r} is revoked.")


app.command("add")(refusing(add))
app.command("list")(refusing(list_))
app.command("revoke")(refusing(revoke))
