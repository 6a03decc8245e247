"""The commands `dedupe` and `cluster`: which offers of any number of shops are one product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import AsJson, SpaceFolder, TableFile
from shelfspace.cli.speak import say, step
from shelfspace.cli.tables import check_out, show

if TYPE_CHECKING:
    from shelfspace.space import Space


def dedupe(
    space: SpaceFolder,
    shop: Annotated[
        str | None, typer.Option(metavar="SHOP", help="What this shop lists repeatedly. Default: all shops.")
    ] = None,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """List groups of offers that are one product, the surest first.

    Example: [bold]shelfspace dedupe shelf --shop north --out repeats.csv[/bold]
    """
    check_out(out)
    opened = _opened(space)
    if shop is not None:
        opened.catalog.rows_of_shop(shop)  # which says what shops there are
    with step("Looking for repeats"), _keeping(space, opened):
        groups = opened.dedupe(shop)
    say(f"{groups['cluster_id'].n_unique():,} products are listed {groups.height:,} times.")
    show(groups, out=out, as_json=as_json)


def cluster(
    space: SpaceFolder,
    one_per_shop: Annotated[
        bool | None,
        typer.Option(
            "--one-per-shop/--many-per-shop",
            help="Whether a shop lists a product once at most. Default: as before, at first any number.",
            show_default=False,
        ),
    ] = None,
    revise: Annotated[
        bool, typer.Option("--revise", help="Split and merge clusters where later evidence suggests it.")
    ] = False,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the product of every offer: shop, id, cluster_id, size, confidence.

    The clusters are kept in the space, so that the same offers have the same cluster_id next time.

    Example: [bold]shelfspace cluster shelf --out clusters.csv[/bold]
    """
    from shelfspace.tasks.clusters import clusters_of
    from shelfspace.tasks.clusters.quality import quality

    check_out(out)
    opened = _opened(space)
    with step("Clustering"), _keeping(space, opened):
        found = clusters_of(opened, one_per_shop=one_per_shop, revise=revise)
    tell_quality(quality(found, opened.pairs))
    show(found.table, out=out, as_json=as_json)


def tell_quality(figures: dict[str, float | int]) -> None:
    """Say the figures of quality, a line each."""
    for name, figure in figures.items():
        written = f"{figure:.3f}" if isinstance(figure, float) else f"{figure:,}"
        say(f"  {name.replace('_', ' ')}: {written}")


def _opened(folder: Path) -> Space:
    from shelfspace.space import load

    return load(folder)


@contextmanager
def _keeping(folder: Path, space: Space) -> Iterator[None]:
    """Save the space as a new version where what is done with it has made or changed its clusters."""
    from shelfspace.tasks.clusters.clusters import IDS

    before = space.artifacts.get(IDS), set(space.artifacts)
    yield
    if (space.artifacts.get(IDS), set(space.artifacts)) != before:
        say(f"  the clusters are kept in version {space.save(folder)}")
