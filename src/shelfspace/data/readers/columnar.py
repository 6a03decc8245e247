"""Typed tables: Parquet, Arrow files, and tables in memory that speak the Arrow C interface."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import polars as pl

from shelfspace.data.readers.chunk import Chunk, Reject
from shelfspace.data.readers.feed import Feed, refuse

_BATCH_ROWS = 100_000


def read_parquet(feed: Feed) -> Iterator[Chunk]:
    """The rows of a Parquet file, batch by batch; `FeedError` where the file is damaged."""
    import pyarrow as pa
    from pyarrow import parquet

    source = io.BytesIO(feed.whole()[0]) if feed.packed else feed.path
    number = 0
    try:
        with parquet.ParquetFile(source) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
                yield _chunk(batch, number)
                number += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        yield _damaged(feed, "Parquet", error, number)


def read_arrow(feed: Feed) -> Iterator[Chunk]:
    """The rows of an Arrow file or stream, batch by batch, as far as a cut-off stream goes."""
    import pyarrow as pa

    number = 0
    try:
        source = pa.BufferReader(feed.whole()[0]) if feed.packed else pa.memory_map(str(feed.path))
        for batch in _arrow_batches(source):
            yield _chunk(batch, number)
            number += batch.num_rows
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        yield _damaged(feed, "Arrow", error, number)


def read_table(table: Any) -> Iterator[Chunk]:
    """The rows of any table with `__arrow_c_stream__`."""
    frame = pl.DataFrame(table) if not isinstance(table, pl.DataFrame) else table
    for start in range(0, frame.height, _BATCH_ROWS):
        yield text_chunk(frame.slice(start, _BATCH_ROWS), start)


def text_chunk(frame: pl.DataFrame, number: int) -> Chunk:
    """A typed table as a chunk of text; columns of floats are remembered as exact."""
    exact = frozenset(name for name, dtype in frame.schema.items() if dtype.is_numeric())
    columns = [_as_text(name, dtype) for name, dtype in frame.schema.items()]
    rows = pl.int_range(number + 1, number + 1 + frame.height, eager=True)
    return Chunk(frame.select(columns), rows, exact=exact)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype in (pl.Float32, pl.Float64):
        # Whole numbers that became floats beside a null (ids, barcodes) lose their ".0" again.
        column = column.fill_nan(None)  # how pandas writes a missing number
        whole = column.is_finite() & (column == column.round(0)) & (column.abs() < 2**53)
        number = pl.when(whole).then(column).cast(pl.Int64, strict=False).cast(pl.String)
        return pl.coalesce(number, column.cast(pl.String)).alias(name)
    if isinstance(dtype, pl.List | pl.Array):
        inner = dtype.inner
        if isinstance(inner, pl.DataType) and not inner.is_nested():
            listed = column.cast(pl.List(pl.String))
            return listed.list.join(", ", ignore_nulls=True).alias(name)
    if dtype.is_nested():
        encode = column.struct.json_encode() if isinstance(dtype, pl.Struct) else None
        return (encode if encode is not None else column.map_elements(str, return_dtype=pl.String)).alias(
            name
        )
    if dtype == pl.Binary:
        return column.cast(pl.String, strict=False).alias(name)
    if dtype == pl.Null or isinstance(dtype, pl.Object):
        return pl.lit(None, dtype=pl.String).alias(name)
    return column.cast(pl.String, strict=False).alias(name)


def _chunk(batch: Any, number: int) -> Chunk:
    batch.validate(full=True)  # offsets of a damaged file may point anywhere
    frame = pl.from_arrow(batch)
    return text_chunk(frame if isinstance(frame, pl.DataFrame) else frame.to_frame(), number)


def _arrow_batches(source: Any) -> Iterator[Any]:
    import pyarrow as pa

    try:
        file = pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        # Inside a file whose end is missing there is a stream, behind the file's mark.
        source.seek(0)
        source.seek(8 if source.read(6) == b"ARROW1" else 0)
        yield from pa.ipc.open_stream(source)
        return
    for place in range(file.num_record_batches):
        yield file.get_batch(place)


def _damaged(feed: Feed, kind: str, error: Exception, number: int) -> Chunk:
    """The end of a damaged file some rows of which were read; `FeedError` where none were."""
    reason = (str(error).splitlines() or ["unreadable"])[0].rstrip(".")
    if number == 0:
        raise refuse(feed, f"is a damaged {kind} file: {reason}") from None
    nothing = pl.Series([], dtype=pl.Int64)
    return Chunk(pl.DataFrame(), nothing, [Reject(number + 1, None, None, f"cut off: {reason}")])
