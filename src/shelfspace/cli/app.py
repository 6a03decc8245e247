"""The program `shelfspace` with all its commands."""

from __future__ import annotations

import os
from typing import Annotated

import typer

import shelfspace
from shelfspace.cli.add import add
from shelfspace.cli.anomalies import anomalies
from shelfspace.cli.ask import explain, search, similar
from shelfspace.cli.bench import bench
from shelfspace.cli.classify import classify
from shelfspace.cli.clusters import cluster, dedupe
from shelfspace.cli.demo import demo
from shelfspace.cli.fit import fit
from shelfspace.cli.fraud import fraud
from shelfspace.cli.keep import check, rollback, versions
from shelfspace.cli.keys import app as keys
from shelfspace.cli.map import map
from shelfspace.cli.match import match
from shelfspace.cli.mend import mend
from shelfspace.cli.recommend import observe, recommend
from shelfspace.cli.refusals import refusing
from shelfspace.cli.review import review
from shelfspace.cli.serve import serve
from shelfspace.cli.shoppers import shoppers
from shelfspace.cli.sync import sync
from shelfspace.cli.synonyms import synonyms

_PANELS = {
    "Learn": (fit, add, observe, review),
    "Ask": (
        match,
        dedupe,
        cluster,
        classify,
        similar,
        search,
        recommend,
        shoppers,
        explain,
        anomalies,
        fraud,
        map,
    ),
    "Act": (sync, mend, serve),
    "Keep": (versions, rollback, check, synonyms),
    "Try and measure": (demo, bench),
}

app = typer.Typer(
    name="shelfspace",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"shelfspace {shelfspace.__version__}")
        raise typer.Exit


@app.callback()
def shelf(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Match, search and organise product feeds in one learned space.

    Feeds go in, a space comes out, and the space answers:

    [bold]shelfspace demo[/bold]   see it work on two made-up shops

    [bold]shelfspace fit left.csv right.xml --out shelf[/bold]

    [bold]shelfspace match shelf --out matches.csv[/bold]
    """


def main() -> None:
    """Run the program with the arguments of this process.

    Unless the caller says otherwise, numerical libraries get one thread: the steps of training are so short
    that on few cores threads wait for each other longer than they work.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app(prog_name="shelfspace")


for _panel, _commands in _PANELS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(refusing(_command))

app.add_typer(keys, name="keys", rich_help_panel="Keep")
