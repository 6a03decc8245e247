"""Tables where they were asked for: on the screen, as JSON, or in a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from shelfspace.cli.speak import say
from shelfspace.errors import OptionError

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

MOST_ROWS = 50
_NUMBERED = {"probability": ".3f", "score": ".3f", "price": ",.2f"}


def show(
    table: pl.DataFrame,
    *,
    out: Path | None = None,
    as_json: bool = False,
    draw: Callable[[pl.DataFrame], Table] | None = None,
) -> None:
    """Write the table to `out`, print it as JSON, or print it: drawn on a terminal, else tab-separated.

    `draw` makes the rich table of the first rows, by default one column each. Raises `OptionError` for a
    file of another kind.
    """
    if out is not None:
        write_table(table, out)
        say(f"{table.height:,} {'row' if table.height == 1 else 'rows'} written to {out}.")
    if as_json:
        typer.echo(table.write_json())
    elif out is None and sys.stdout.isatty():
        _print_drawn(table, draw or drawn)
    elif out is None:
        typer.echo(separated(table), nl=False)


def check_out(out: Path | None) -> None:
    """Refuse with `OptionError` a file of a kind that cannot be written, before any work is done."""
    if out is not None and out.suffix.lower() not in _writers():
        raise OptionError(
            f"The file {out} ends in {out.suffix or 'nothing'}.",
            f"A table is written as {', '.join(_writers())}.",
            "Give --out a name with one of these endings.",
        )


def read_table(path: Path) -> pl.DataFrame:
    """The table in a file that `write_table` wrote, texts as they are and nothing guessed.

    Raises `OptionError` for a file that is missing, of another kind, or damaged.
    """
    import polars as pl

    check_out(path)
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {
        ".csv": lambda path: pl.read_csv(path, infer_schema=False),
        ".parquet": pl.read_parquet,
        ".jsonl": pl.read_ndjson,
    }
    try:
        return readers[path.suffix.lower()](path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise OptionError(
            f"{path} cannot be read: {str(error).splitlines()[0][:200]}.",
            "It is a table as one of these commands wrote it.",
            "Check the path, or write it again.",
        ) from None


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write the table in the format of the path's ending, its folder made where there was none."""
    check_out(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _writers()[path.suffix.lower()](table, path)


def _writers() -> dict[str, Callable[[pl.DataFrame, Path], Any]]:
    return {
        ".csv": lambda table, path: table.write_csv(path),
        ".parquet": lambda table, path: table.write_parquet(path),
        ".jsonl": lambda table, path: table.write_ndjson(path),
    }


def separated(table: pl.DataFrame) -> str:
    """The table as lines of tab-separated values with a header: what cut, sort and awk take."""
    lines = [table.columns, *([_plain(value) for value in row] for row in table.iter_rows())]
    return "".join("\t".join(line) + "\n" for line in lines)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else " ".join(str(value).split())


def _print_drawn(table: pl.DataFrame, draw: Callable[[pl.DataFrame], Table]) -> None:
    from rich.console import Console

    if table.is_empty():
        say("No rows.")
        return
    Console().print(draw(table.head(MOST_ROWS)))
    if table.height > MOST_ROWS:
        say(f"… and {table.height - MOST_ROWS:,} more. --out FILE.csv writes them all.")


def drawn(table: pl.DataFrame) -> Table:
    """The table for a terminal, numbers to the right, long texts wrapped."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    screen = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name, dtype in table.schema.items():
        numeric = dtype.is_numeric()
        screen.add_column(name, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    for row in table.iter_rows():
        cells = zip(table.columns, row, strict=True)
        screen.add_row(*(Text(written(value, _NUMBERED.get(name, ""))) for name, value in cells))
    return screen


def written(value: Any, style: str = "") -> str:
    """A value for people: nothing for None, numbers as `style` or with three decimals."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(value, style or ".3f")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def tell_rejects(rejects: pl.DataFrame, path: Path) -> None:
    """Say how much was dropped or flagged, and write it to `path`; nothing where there is nothing to tell."""
    if rejects.is_empty():
        return
    counts = dict(rejects["action"].value_counts(sort=True).iter_rows())
    write_table(rejects, path)
    say(
        f"  not taken as it was: {', '.join(f'{n:,} × {action}' for action, n in counts.items())}; see {path}"
    )
