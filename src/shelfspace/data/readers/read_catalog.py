"""Feeds of any usual kind as a catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.chunk import DROPPED_ROW, Chunk, rejects_table
from shelfspace.data.readers.columnar import read_table
from shelfspace.data.readers.feed import NEEDED, feeds
from shelfspace.data.readers.formats import Opened, open_feed
from shelfspace.data.readers.intake import Intake
from shelfspace.data.readers.keys import Keys
from shelfspace.data.schema import ATTRIBUTES
from shelfspace.errors import FeedError, OptionError
from shelfspace.progress import progress


class ArrowTable(Protocol):
    """Any table with the Arrow C stream interface: pandas, polars, pyarrow, duckdb…"""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as a capsule of an ArrowArrayStream."""


FilePath = str | os.PathLike[str]
Source = FilePath | Sequence[FilePath] | ArrowTable


def read_catalog(
    source: Source, *, shop: str | None = None, mapping: dict[str, str] | None = None
) -> Catalog:
    """The products of one feed or several, as one catalogue in feed order.

    `source` is a path, a list of paths, or a table that speaks Arrow. The format is told by the content: CSV
    and the like, JSON lines, JSON, Parquet, Arrow, Google Merchant XML, Shopify exports, schema.org JSON-LD,
    also gzipped. The shop of a row is `shop`, else the feed's shop column, else the file's name.

    `mapping` (feed column → attribute, "" for none) adds to the known names and outranks them; what was used
    is in `Catalog.mapping`, rows and values that could not be taken are in `Catalog.rejects`.

    Raises `FeedError` where a source is no feed or none of its rows can be read, `OptionError` where
    `mapping` names something that is no attribute.
    """
    parts = list(scan_catalog(source, shop=shop, mapping=mapping))
    return Catalog.concat(parts)


def scan_catalog(
    source: Source, *, shop: str | None = None, mapping: dict[str, str] | None = None
) -> Iterator[Catalog]:
    """The products that `read_catalog` gives, batch by batch, so that memory does not grow with the feed.

    A key occurs once over all batches. A batch may hold rejects and no products. Raises as `read_catalog`
    does, while the batches are taken.
    """
    given = _checked(mapping or {})
    keys = Keys()
    with progress("Reading products") as advance:
        for name, own_shop, opened in _opened(source):
            intake = Intake(name, shop or own_shop, shop is not None, opened.mapping | given, keys)
            for batch in _catalogs(intake, opened):
                advance(len(batch), name)
                yield batch


def _opened(source: Source) -> Iterator[tuple[str, str, Opened]]:
    """The name, the shop by default and the content of each source."""
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if hasattr(source, "__arrow_c_stream__"):
        yield "table", "table", Opened(_table_chunks(source), {})
        return
    paths = [source] if isinstance(source, str | os.PathLike) else source
    if not isinstance(paths, list | tuple) or not all(isinstance(path, str | os.PathLike) for path in paths):
        raise FeedError(
            f"The source is of type {type(source).__name__}.",
            "A source is a path, a list of paths, or a table that speaks Arrow, such as pandas' or polars'.",
            "Pass one of these.",
        )
    if not paths:
        raise FeedError("The list of feeds is empty.", NEEDED, "Pass at least one path.")
    for feed in feeds([Path(path) for path in paths]):
        yield feed.name, feed.shop, open_feed(feed)


def _table_chunks(table: Any) -> Iterator[Chunk]:
    try:
        yield from read_table(table)
    except FeedError:
        raise
    except Exception as error:
        raise FeedError(
            f"The table of type {type(table).__name__} cannot be read: {str(error)[:200]}.",
            "A table needs columns that Arrow can express.",
            "Convert it with polars or pyarrow first.",
        ) from None


def _catalogs(intake: Intake, opened: Opened) -> Iterator[Catalog]:
    first_reject = ""
    for chunk in _guarded(opened.chunks, intake.name):
        batch = intake.catalog(chunk)
        if chunk.table.height and not set(intake.used.values()) - {"shop"}:
            raise _unnamed(intake)
        first_reject = first_reject or _first_dropped(batch)
        if intake.kept or not len(batch):
            yield batch
    unused = intake.unused()
    if intake.kept == 0:
        raise _without_products(intake, first_reject)
    if unused:
        empty = Catalog.concat([])
        yield replace(empty, rejects=rejects_table(unused, intake.name))


def _guarded(chunks: Iterator[Chunk], name: str) -> Iterator[Chunk]:
    """The chunks, with any complaint of a library about the file turned into a refusal."""
    try:
        yield from chunks
    except (pl.exceptions.PolarsError, ValueError, OSError, RecursionError, OverflowError) as error:
        raise FeedError(
            f"{name} cannot be read: {(str(error).splitlines() or [type(error).__name__])[0][:200]}.",
            NEEDED,
            "Export the products again, as CSV if it happens again.",
        ) from None


def _first_dropped(batch: Catalog) -> str:
    dropped = batch.rejects.filter(pl.col("action") == DROPPED_ROW).head(1)
    if not dropped.height:
        return ""
    row = f"row {dropped['row'][0]}: " if dropped["row"][0] is not None else ""
    return row + str(dropped["reason"][0])


def _unnamed(intake: Intake) -> FeedError:
    columns = ", ".join(repr(name[:40]) for name in list(intake.columns)[:12])
    more = f" and {len(intake.columns) - 12} more" if len(intake.columns) > 12 else ""
    return FeedError(
        f"{intake.name} has the columns {columns}{more}, none of which names a product attribute.",
        f"A feed's header names some of {', '.join(ATTRIBUTES[1:9])}…, or their usual equivalents.",
        'Say which column is which, for example mapping={"'
        + next(iter(intake.columns))[:40]
        + '": "title"}.',
    )


def _without_products(intake: Intake, first_reject: str) -> FeedError:
    if first_reject:
        given = f"{intake.name} holds no product that can be read ({first_reject})."
    elif intake.columns:
        given = f"{intake.name} has a header and no rows."
    else:
        given = f"{intake.name} holds no products."
    return FeedError(given, NEEDED, "Export the products again and pass that file.")


def _checked(mapping: dict[str, str]) -> dict[str, str]:
    wrong = sorted({attribute for attribute in mapping.values() if attribute and attribute not in ATTRIBUTES})
    if wrong:
        raise OptionError(
            f"The mapping names {', '.join(map(repr, wrong))}.",
            f"An attribute is one of {', '.join(ATTRIBUTES)}.",
            'Use one of these, or "" to leave a column under its own name.',
        )
    return mapping
