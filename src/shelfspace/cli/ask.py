"""The commands that ask a space about single products: similar, search, explain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import AsJson, Count, SpaceFolder, TableFile, Where
from shelfspace.cli.speak import say
from shelfspace.cli.tables import check_out, show

Product = Annotated[
    str, typer.Argument(metavar="ID", help="A product as shop/id, or an id that one shop only uses.")
]


def similar(
    space: SpaceFolder, product: Product, k: Count = 10, out: TableFile = None, as_json: AsJson = False
) -> None:
    """List the products nearest to one.

    Example: [bold]shelfspace similar shelf left/100123 -k 5[/bold]
    """
    from shelfspace.space import load

    check_out(out)
    show(load(space).similar(product, k), out=out, as_json=as_json)


def search(
    space: SpaceFolder,
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="What to look for, in any language.", show_default=False)
    ] = "",
    image: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A photo to look for, in a space fitted with --images."),
    ] = None,
    k: Count = 10,
    where: Where = None,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="A user of the events, whose taste counts too.")
    ] = None,
    facets: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME,…", help="Count these attributes among all products that fit."),
    ] = None,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Find products by words and learned vectors together, or by a photo.

    Example: [bold]shelfspace search shelf "usb-c charger 65w" --where "price < 40"[/bold]

    Example: [bold]shelfspace search shelf "desk lamp" --facets brand,color,price[/bold]

    Example: [bold]shelfspace search shelf --image lamp.jpg[/bold]
    """
    from shelfspace.space import load

    check_out(out)
    opened = load(space)
    found = opened.search(text, k, image=image, where=where, user=user)
    counted = None
    if facets is not None:
        names = [name.strip() for name in facets.split(",") if name.strip()]
        counted = opened.facets(text, names, where=where)
    if as_json and counted is not None:
        typer.echo(f'{{"products": {found.write_json()}, "facets": {counted.write_json()}}}')
        as_json, counted = False, None
        if out is None:
            return
    show(found, out=out, as_json=as_json)
    if counted is not None:
        show(counted)
    if text.strip() and (meant := opened.did_you_mean(text)) is not None:
        say(f"Did you mean: {meant}")


def explain(
    space: SpaceFolder,
    left: Annotated[str, typer.Argument(metavar="LEFT", help="A product as shop/id, or its id.")],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="Another one.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.html", help="Write the waterfall as a page.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say why two products are taken for the same or not: what each piece of evidence adds.

    Example: [bold]shelfspace explain shelf left/100123 right/P0000042 --out why.html[/bold]
    """
    from shelfspace.report import explanation_html, explanation_text
    from shelfspace.space import load

    told = load(space).explain(left, right)
    if out is not None:
        explanation_html(out, told)
        say(f"The waterfall was written to {out}.")
    if as_json:
        parts = [vars(part) for part in told.by_size]
        figures = {"probability": told.probability, "log_odds": told.score, "base": told.base}
        titles = {"left_title": told.left_title, "right_title": told.right_title}
        typer.echo(json.dumps({**titles, **figures, "contributions": parts}, ensure_ascii=False))
    elif out is None:
        typer.echo(explanation_text(told))
