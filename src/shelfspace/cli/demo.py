"""The command `demo`: the main job on two made-up shops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfspace.cli.options import Preset, PresetOption, Seed
from shelfspace.cli.speak import say, say_next, step

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from shelfspace.tasks.demo import Demo

_SHOWN = 4
_TRAPS_SHOWN = 3


def demo(
    size: Annotated[int, typer.Option(help="Products in each shop.")] = 4000,
    seed: Seed = 0,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where feeds, space and report go.")] = Path(
        "demo-shelf"
    ),
    preset: PresetOption = Preset.balanced,
) -> None:
    """See it work: two made-up shops in six languages, matched and held against the planted truth.

    Example: [bold]shelfspace demo --size 1000 --out demo-shelf[/bold]
    """
    from rich.console import Console

    from shelfspace.tasks.demo import run_demo

    found = run_demo(size, seed, out, step, preset=preset.value)
    console = Console()
    console.print(_figures(found))
    console.print("Some of the matches, in several languages:", highlight=False)
    _print_pairs(console, _spread(found.matches.filter("truth"), _SHOWN))
    console.print(
        f"For {found.n_traps:,} products a [bold]different[/bold] one is worded more alike than the true "
        f"match; {found.n_escaped:,} of them were matched right. Some of these traps, not matched:",
        highlight=False,
    )
    _print_pairs(console, _spread(found.traps.drop_nulls("probability"), _TRAPS_SHOWN))
    _tell_next(found, out)


def _figures(demo: Demo) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, title="Against the planted truth", title_justify="left")
    table.add_column("")
    names = {"precision": "precision", "recall": "recall", "f1": "F1"}
    for heading in names.values():
        table.add_column(heading, justify="right")
    for method, figures in {"Shelfspace, no labels": demo.figures, **demo.floors}.items():
        table.add_row(
            method, *(f"{figures[name]:.3f}" for name in names), style="bold" if "Shelf" in method else ""
        )
    return table


def _print_pairs(console: object, pairs: pl.DataFrame) -> None:
    from rich.console import Console

    from shelfspace.cli.match import drawn_pairs

    if isinstance(console, Console) and pairs.height:
        console.print(drawn_pairs(pairs))


def _spread(pairs: pl.DataFrame, n: int) -> pl.DataFrame:
    """The middle pair of each of n planted languages, from the most frequent to two in one pair."""
    import polars as pl

    language = pl.col("kind").str.split("/").list.first()
    groups = pairs.with_columns(language.alias("language")).partition_by("language", maintain_order=True)
    groups.sort(key=lambda group: -group.height)
    places = {round(i * (len(groups) - 1) / max(n - 1, 1)) for i in range(n)} if groups else set()
    chosen = [groups[place].slice(groups[place].height // 2, 1) for place in sorted(places)]
    return pl.concat(chosen) if chosen else pairs.head(0)


def _tell_next(demo: Demo, out: Path) -> None:
    matches = demo.matches
    say(f"Every match, every mistake and the charts: {out / 'report.html'}")
    example = [
        f"shelfspace explain {out / 'space'} left/{matches['left_id'][0]} right/{matches['right_id'][0]}"
    ]
    say_next(
        *(example if matches.height else []),
        f'shelfspace search {out / "space"} "wireless headphones" -k 5',
        "shelfspace fit YOUR-FEED.csv ANOTHER.xml --out shelf",
        "shelfspace match shelf --out matches.csv --report matches.html",
    )
