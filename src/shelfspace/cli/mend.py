"""The command `mend`: a patch put into a feed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import AsJson
from shelfspace.cli.speak import say
from shelfspace.cli.tables import read_table, show


def mend(
    feed: Annotated[
        Path,
        typer.Argument(metavar="FEED", help="A CSV, TSV, JSON lines or Parquet file.", show_default=False),
    ],
    patch: Annotated[
        Path,
        typer.Option(metavar="FILE", help="What [bold]anomalies --patch[/bold] wrote, or the rows you kept."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the mended feed goes.")],
    shop: Annotated[
        str | None, typer.Option(help="The feed's shop. Default: its column of shops, or its name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a feed anew with the cells changed that a patch names; the feed itself is left alone.

    A cell that no longer says what the patch was made for is not touched. Listed is what was not mended.

    Example: [bold]shelfspace mend feed.csv --patch patch.csv --out mended.csv[/bold]
    """
    from shelfspace.tasks.anomalies.mend import MENDED
    from shelfspace.tasks.anomalies.mend import mend as mend_feed

    done = mend_feed(feed, read_table(patch), out, shop=shop)
    counts = dict(done["outcome"].value_counts(sort=True).iter_rows())
    told = ", ".join(f"{n:,} × {outcome}" for outcome, n in counts.items()) or "an empty patch"
    say(f"{out} was written: {told}.")
    show(done.filter(done["outcome"] != MENDED), as_json=as_json)
