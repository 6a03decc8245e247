"""Asking about pairs one by one in the terminal: both listings side by side, and a key for the answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from shelfspace.cli.speak import say

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Group
    from rich.text import Text

    from shelfspace.data import Pairs

_KEYS = "y the same product · n another one · s skip · b back · q enough"
_LABELS = {"y": 1, "n": 0}
_SHOWN = ("title", "brand", "price", "codes", "id")


def ask(pairs: pl.DataFrame) -> Pairs | None:
    """The labels that were given to `pairs`, a table of `tasks.review`; None where none was.

    Answers are single keys on a terminal, and lines elsewhere. An interrupt or the end of input is "q".
    """
    import polars as pl
    from rich.console import Console

    from shelfspace.data import Pairs

    console = Console(stderr=True, highlight=False)
    answers: dict[int, int] = {}
    place = 0
    rows = pairs.rows(named=True)
    while place < len(rows):
        console.print(shown(rows[place], f"{place + 1} of {len(rows)}"))
        key = _key()
        if key == "q":
            break
        if key == "b":
            place = max(place - 1, 0)
            answers.pop(place, None)
            continue
        if key in _LABELS:
            answers[place] = _LABELS[key]
        place += 1
    if not answers:
        return None
    said = pairs[list(answers)].with_columns(pl.Series("label", list(answers.values()), dtype=pl.Int8))
    return Pairs.from_table(said.select("left_shop", "left_id", "right_shop", "right_id", "label"))


def _key() -> str:
    """The next answer: one of y, n, s, b and q."""
    import typer

    while True:
        try:
            if sys.stdin.isatty():
                say(_KEYS)
                text = typer.getchar()
            else:
                text = sys.stdin.readline() or "q"
        except (KeyboardInterrupt, EOFError):
            return "q"
        key = text.strip().lower()[:1]
        if key in "ynsbq" and key:
            return key
        say(f"{text.strip()!r} is no answer. {_KEYS}")


def shown(pair: dict[str, Any], place: str) -> Group:
    """Both listings side by side, and below them what agrees and differs."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column(place, style="dim", no_wrap=True)
    for side in ("left", "right"):
        table.add_column(pair[f"{side}_shop"], ratio=1, overflow="fold")
    for name in _SHOWN:
        one, other = (pair[f"{side}_{name}"] for side in ("left", "right"))
        if one is None and other is None:
            continue
        marked = (_marked(one or "–", other or ""), _marked(other or "–", one or ""))
        table.add_row(name, *(marked if name == "title" else (Text(one or "–"), Text(other or "–"))))
    sure = f"{pair['probability']:.0%} sure" if pair["probability"] is not None else ""
    reasons = Text("\n".join(f"  {reason}" for reason in (pair["why"] or "").split("; ")))
    return Group(table, reasons, Text(f"  {sure}, asked because it is {pair['asked']}", style="dim"))


def _marked(title: str, other: str) -> Text:
    """The title with what the other one lacks in bold."""
    from rich.text import Text

    from shelfspace.report.differences import told_apart

    text = Text()
    for piece, new in told_apart(title, other):
        text.append(piece, style="bold yellow" if new else "")
    return text
