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
    import polars as pl

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
    granularity: Annotated[
        str,
        typer.Option(
            metavar="product|fine|medium|coarse|N",
            help="One cluster a product; or groups of like products: few, more or many of them, as many as "
            "are steady, or N.",
        ),
    ] = "product",
    tree: Annotated[
        bool,
        typer.Option("--tree", help="Show the groups from coarse to fine, with a typical product of each."),
    ] = False,
    quality: Annotated[
        bool, typer.Option("--quality", help="Say how good the groups are, as far as can be told.")
    ] = False,
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
    seed: Annotated[
        int | None, typer.Option(help="Of the groups. Default: the space's own.", show_default=False)
    ] = None,
    out: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the product of every offer, or the group of like products that it is in.

    Products: shop, id, cluster_id, size, confidence. The clusters are kept in the space, so that the same
    offers have the same cluster_id next time.

    Groups (--granularity or --tree): shop, id, group_id, name, size, medoid, confidence. Group 3.1 lies in
    group 3, offers of one product stay together, and the medoid is the most typical offer.

    Example: [bold]shelfspace cluster shelf --out clusters.csv[/bold]

    Example: [bold]shelfspace cluster shelf --granularity coarse --quality[/bold]

    Example: [bold]shelfspace cluster shelf --granularity 40 --out groups.csv[/bold]

    Example: [bold]shelfspace cluster shelf --tree --out tree.csv[/bold]
    """
    from shelfspace.tasks.clusters import clusters_of
    from shelfspace.tasks.clusters.quality import quality as quality_of
    from shelfspace.tasks.groups.groups import checked

    check_out(out)
    asked = "fine" if tree and granularity == "product" else granularity
    if asked != "product":
        checked(asked)
    opened = _opened(space)
    with step("Clustering"), _keeping(space, opened):
        found = clusters_of(opened, one_per_shop=one_per_shop, revise=revise)
    if asked != "product":
        _groups(opened, asked, tree, quality, seed, out, as_json)
        return
    tell_quality(quality_of(found, opened.pairs))
    show(found.table, out=out, as_json=as_json)


def _groups(
    space: Space,
    granularity: str,
    tree: bool,
    quality: bool,
    seed: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Show the groups of a space as a table of its offers, or as a tree."""
    with step("Grouping"):
        found = space.groups(granularity, seed=seed)
    say("  " + ", ".join(f"{level.name} {len(level.ids):,}" for level in found.levels) + " groups")
    if quality:
        from shelfspace.evaluation.group_quality import group_quality

        tell_quality(group_quality(found, seed=space.seed))
    if tree and out is None and not as_json:
        typer.echo(indented(found.tree), nl=False)
    else:
        show(found.tree if tree else found.table, out=out, as_json=as_json)


def indented(tree: pl.DataFrame) -> str:
    """The groups of a tree, a line each: number, name, size and the medoid's title, finer ones further in."""
    lines = []
    for row in tree.iter_rows(named=True):
        depth = row["group_id"].count(".") if row["parent_id"] is not None else 0
        lines.append(
            f"{'  ' * depth}{row['group_id']}  {row['name']}  ({row['size']:,})  {row['medoid_title'] or ''}"
        )
    return "".join(f"{line.rstrip()}\n" for line in lines)


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
