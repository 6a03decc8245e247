"""Benchmark folders of labelled pairs, in the layouts people already have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data import Catalog, read_catalog, read_pairs
from shelfspace.data.pairs import Pairs
from shelfspace.errors import FeedError, OptionError
from shelfspace.evaluation.offers import POOL, collect_offers, read_offer_pairs, same_clusters
from shelfspace.tasks.match.candidates import NO_PAIRS, PairRows
from shelfspace.tasks.match.labelled import LabelledPairs

SIZES = ("small", "medium", "large")
PARTS = ("train", "valid", "test")


@dataclass(frozen=True)
class PairFolder:
    """A benchmark of labelled pairs between the shops "left" and "right" of one catalogue, or within a pool.

    `dropped` counts the pairs whose products the tables do not hold; above 0 the figures are not comparable
    with other people's. `clusters` are rows that the files say to be one product without a label: nothing
    may learn from them.
    """

    name: str
    catalog: Catalog
    train: LabelledPairs
    valid: LabelledPairs
    test: LabelledPairs
    dropped: int
    clusters: PairRows = NO_PAIRS

    @property
    def left_rows(self) -> npt.NDArray[np.int64]:
        """The catalogue rows of the left table; of a pool all."""
        return self.catalog.rows_of_shop(self.catalog.shops[0])

    @property
    def right_rows(self) -> npt.NDArray[np.int64]:
        """The catalogue rows of the right table; of a pool all."""
        return self.catalog.rows_of_shop(self.catalog.shops[-1])


def read_pair_folder(folder: str | Path, *, size: str | None = None) -> PairFolder:
    """The benchmark in `folder`, in DeepMatcher's or the WDC pair files' layout.

    `size` ("small", "medium", "large") chooses among WDC training sets, by default medium or the only one.
    Raises `FeedError` where the folder has neither layout or a file cannot be read, `OptionError` where there
    is no such size.
    """
    folder = Path(folder)
    if all((folder / f"{name}.csv").is_file() for name in ("tableA", "tableB", *PARTS)):
        if size is not None:
            raise _no_size(size, folder, ["one training set only, so no size"])
        return _read_tables(folder)
    if _files(folder, "test*") and _sizes(folder):
        return _read_offers(folder, size)
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    raise FeedError(
        f"{folder.name or folder} holds {', '.join(found[:8]) or 'nothing'}{'…' if len(found) > 8 else ''}.",
        "A benchmark of pairs has DeepMatcher's layout (tableA.csv, tableB.csv, train.csv, valid.csv, "
        "test.csv; ltable_id, rtable_id, label) or that of the WDC pair files (train_SIZE.csv.gz, "
        "valid_SIZE.csv.gz, test.csv.gz; columns ending in _left and _right, and label; SIZE is small, "
        "medium or large), or a pairs.jsonl with both products written out in every line.",
        "Pass a folder that has one of them, or rename its files.",
    )


def _read_tables(folder: Path) -> PairFolder:
    catalog = Catalog.concat(
        [
            read_catalog(folder / "tableA.csv", shop="left"),
            read_catalog(folder / "tableB.csv", shop="right"),
        ]
    )
    pairs = {part: read_pairs(folder / f"{part}.csv", catalog, "left", "right") for part in PARTS}
    return _pair_folder(folder.resolve().name, catalog, pairs)


def _read_offers(folder: Path, size: str | None) -> PairFolder:
    sizes = _sizes(folder)
    chosen = size or ("medium" if "medium" in sizes else sizes[0])
    if chosen not in sizes:
        raise _no_size(chosen, folder, sizes)
    paths = {part: _files(folder, f"{part}_{chosen}*")[0] for part in ("train", "valid")}
    tests = _files(folder, "test*")
    if len(tests) > 1:
        raise FeedError(
            f"{folder.name} holds the test sets {', '.join(path.name for path in tests)}.",
            "A figure belongs to one test set.",
            "Keep one of them in the folder.",
        )
    others = [_files(folder, f"train_{other}*")[0] for other in sizes if other != chosen]
    tables, others_read = read_offer_pairs({**paths, "test": tests[0]}, others)
    catalog = collect_offers(list(tables.values()), others_read)
    pairs = {part: read_pairs(_ids(table), catalog, POOL, POOL) for part, table in tables.items()}
    found = _pair_folder(f"{folder.resolve().name}-{chosen}", catalog, pairs)
    one, other = same_clusters([*tables.values(), *others_read], catalog)
    return replace(found, clusters=PairRows(one, other))


def _pair_folder(name: str, catalog: Catalog, pairs: dict[str, Pairs]) -> PairFolder:
    dropped = sum(part.rejects["row"].drop_nulls().n_unique() for part in pairs.values())
    rows = {part: labelled_pairs(pairs[part], catalog) for part in PARTS}
    return PairFolder(name, catalog, rows["train"], rows["valid"], rows["test"], dropped)


def labelled_pairs(pairs: Pairs, catalog: Catalog) -> LabelledPairs:
    """The pairs as catalogue rows; the catalogue must hold them all."""
    left = catalog.rows_of(pairs.table, "left_shop", "left_id")
    right = catalog.rows_of(pairs.table, "right_shop", "right_id")
    return LabelledPairs(PairRows(left, right), pairs.table["label"].to_numpy().astype(np.int64))


def _ids(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(pl.col("id_left").alias("left_id"), pl.col("id_right").alias("right_id"), "label")


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted([*folder.glob(f"{pattern}.csv"), *folder.glob(f"{pattern}.csv.gz")])


def _sizes(folder: Path) -> list[str]:
    """The sizes that have both a training and a validation file."""
    return [size for size in SIZES if _files(folder, f"train_{size}*") and _files(folder, f"valid_{size}*")]


def _no_size(size: str, folder: Path, sizes: list[str]) -> OptionError:
    return OptionError(
        f"The size {size!r} was asked of {folder.name}.", f"It has {', '.join(sizes)}.", "Choose one it has."
    )
