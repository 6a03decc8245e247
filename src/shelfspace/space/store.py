"""The store: products and vectors of one version in an embedded LanceDB table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from shelfspace.data.catalog import Catalog
from shelfspace.data.schema import SCHEMA
from shelfspace.errors import SpaceError
from shelfspace.space.filter import read_filter

_TABLE = "products"
_ROW, _VECTOR = "_row", "_vector"
_ORIGINAL = b"shelfspace:name"
_BATCH = 8_192  # rows written at once, so that memory stays bounded


@dataclass(frozen=True)
class Store:
    """The products of a version with their vectors, kept in `folder`.

    The table has the catalogue's columns, `_row` (the order) and `_vector` (a fixed-size list of float32).
    What the reader rejected and how it mapped the feed's columns lie beside it.
    """

    folder: Path

    def write(self, catalog: Catalog, vectors: npt.NDArray[np.float32]) -> None:
        """Write the products and their vectors `[n, dim]` into the folder, which exists and is empty."""
        schema = _schema(catalog.table, vectors.shape[1])
        batches = pa.RecordBatchReader.from_batches(schema, _batches(catalog.table, vectors, schema))
        _connect(self.folder).create_table(_TABLE, data=batches, schema=schema)
        catalog.rejects.write_parquet(self.folder / "rejects.parquet")
        text = json.dumps(catalog.mapping, indent=1, ensure_ascii=False)
        (self.folder / "mapping.json").write_text(text + "\n", encoding="utf-8")

    def read(self) -> tuple[Catalog, npt.NDArray[np.float32]]:
        """The catalogue in its order and the vectors `[n, dim]`; `SpaceError` where the store is damaged."""
        try:
            table = self._open().to_arrow()
            rejects = pl.read_parquet(self.folder / "rejects.parquet")
            mapping = json.loads((self.folder / "mapping.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RuntimeError, pl.exceptions.PolarsError, pa.ArrowException) as error:
            raise _damaged(self.folder, error) from None
        order = table.column(_ROW).to_numpy()
        if not np.array_equal(order, np.arange(len(order))):
            table = table.take(np.argsort(order))
        return Catalog(_products(table), rejects, mapping), _vectors(table)

    def where(self, where: str) -> npt.NDArray[np.int64]:
        """The rows, ascending, for which the filter is true, as `filter.read_filter` reads it.

        Raises `OptionError` for what is no filter over the catalogue's columns.
        """
        table = self._open()
        fields = [each for each in table.schema if each.name not in (_ROW, _VECTOR)]
        names = {_original(each): each.name for each in fields}
        kinds = {_original(each): _kind(each.type) for each in fields}
        found = table.search().where(read_filter(where, kinds, names)).select([_ROW]).to_arrow()
        return np.sort(found.column(_ROW).to_numpy()).astype(np.int64)

    def _open(self) -> Any:
        try:
            return _connect(self.folder).open_table(_TABLE)
        except (OSError, ValueError, RuntimeError) as error:
            raise _damaged(self.folder, error) from None


def _connect(folder: Path) -> Any:
    import lancedb  # takes a second, which only those who open a space should wait

    return lancedb.connect(str(folder))


def _damaged(folder: Path, error: Exception) -> SpaceError:
    reason = str(error).strip().splitlines() or [type(error).__name__]
    return SpaceError(
        f"The store {folder} cannot be read ({reason[0][:200]}).",
        "It is a LanceDB table of products beside rejects.parquet and mapping.json.",
        "Restore the folder from a backup, or go back to a good version with rollback.",
    )


def _stored_names(columns: list[str]) -> dict[str, str]:
    """Column names for the table: a feed's own columns may be called anything, those of a table may not."""
    stored: dict[str, str] = {}
    for number, name in enumerate(columns):
        plain = name in SCHEMA or re.fullmatch(r"[a-z][a-z0-9_]*", name)
        stored[name] = name if plain and not name.startswith("extra_") else f"extra_{number}"
    return stored


def _schema(table: pl.DataFrame, dim: int) -> pa.Schema:
    stored = _stored_names(table.columns)
    kinds = {True: pa.float64(), False: pa.large_string()}
    products = [
        pa.field(stored[name], kinds[kind.is_numeric()], metadata={_ORIGINAL: name.encode()})
        for name, kind in table.schema.items()
    ]
    return pa.schema([pa.field(_ROW, pa.int64()), *products, pa.field(_VECTOR, pa.list_(pa.float32(), dim))])


def _batches(
    table: pl.DataFrame, vectors: npt.NDArray[np.float32], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    dim = vectors.shape[1]
    for start in range(0, table.height, _BATCH):
        part = table.slice(start, _BATCH).to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
        flat = np.ascontiguousarray(vectors[start : start + part.num_rows], np.float32).reshape(-1)
        columns = [pa.array(np.arange(start, start + part.num_rows))]
        columns += [column.chunk(0).cast(schema.field(1 + i).type) for i, column in enumerate(part.columns)]
        columns.append(pa.FixedSizeListArray.from_arrays(pa.array(flat), dim))
        yield pa.record_batch(columns, schema=schema)


def _original(column: pa.Field) -> str:
    return str((column.metadata or {}).get(_ORIGINAL, column.name.encode()).decode())


def _kind(arrow: pa.DataType) -> pl.DataType:
    return pl.Float64() if pa.types.is_floating(arrow) else pl.String()


def _products(table: pa.Table) -> pl.DataFrame:
    fields = [each for each in table.schema if each.name not in (_ROW, _VECTOR)]
    products = table.select([each.name for each in fields]).rename_columns(list(map(_original, fields)))
    frame = pl.from_arrow(products)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"a table gave a {type(frame).__name__}")
    return frame.rechunk()


def _vectors(table: pa.Table) -> npt.NDArray[np.float32]:
    """The vectors in one array, copied chunk by chunk so that they are never held three times."""
    column = table.column(_VECTOR)
    vectors = np.empty((len(column), column.type.list_size), np.float32)
    start = 0
    for chunk in column.chunks:
        part = chunk.flatten().to_numpy()
        vectors[start : start + len(chunk)] = part.reshape(len(chunk), -1)
        start += len(chunk)
    return vectors
