"""Benchmark folders of photos with classes, in the layouts people already have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.errors import FeedError

Int64 = npt.NDArray[np.int64]

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")
_LISTS = ("train.txt", "val.txt", "test.txt")
_LIST_COLUMNS = ("fine", "coarse")
#: Columns of a products.csv that tell one thing from another and name no class.
_NO_CLASSES = ("id", "title", "productDisplayName", "description", "image_link", "split", "price", "year")
_HELD_OUT = 5  # where no validation is given one photo in so many of a class is held out
_MOST_CLASSES = 0.5  # of the photos: a column of more different values names things and not classes


@dataclass(frozen=True)
class ImageFolder:
    """Photos by path, their classes int64 `[n]` by column (−1 where a row has none), and each part's rows.

    `names` are the classes' names by column. `train`, `valid` and `test` are rows that don't overlap.
    """

    name: str
    paths: tuple[Path, ...]
    classes: dict[str, Int64]
    names: dict[str, list[str]]
    train: Int64
    valid: Int64
    test: Int64
    given_valid: bool = field(default=False)


def read_image_folder(folder: str | Path, *, seed: int = 0) -> ImageFolder:
    """The folder as one of three layouts, the first that fits.

    `products.csv` with `image_link` (a path in the folder), `split` (train, valid or val, test) and class
    columns; `train.txt`, `val.txt`, `test.txt` with lines "path, fine, coarse" (coarse may be missing, and so
    may val.txt); or a folder a class, perhaps below `train`, `val` and `test`. Without a test part a fifth of
    every class is taken, drawn by `seed`, and without a validation part a fifth of every class of train.

    Raises `FeedError` where nothing of that is found, or a part has no photo.
    """
    root = Path(folder)
    if (root / "products.csv").is_file():
        read = _of_table(root)
    elif (root / "train.txt").is_file():
        read = _of_lists(root)
    else:
        read = _of_folders(root)
    return _split(root, *read, seed)


def _of_table(root: Path) -> tuple[list[Path], list[str], dict[str, list[str]]]:
    try:
        table = pl.read_csv(root / "products.csv", infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as damage:
        raise FeedError(
            f"{root / 'products.csv'} cannot be read: {damage}.", "It is a CSV file.", "Export it again."
        ) from damage
    if "image_link" not in table.columns:
        raise FeedError(
            f"{root / 'products.csv'} has the columns {', '.join(table.columns)}.",
            "image_link names each product's photo.",
            "Add it.",
        )
    table = table.filter(pl.col("image_link").is_not_null())
    most = max(2, int(_MOST_CLASSES * len(table)))
    columns = [name for name in table.columns if name not in _NO_CLASSES]
    columns = [name for name in columns if 2 <= table[name].n_unique() < most]
    split = table["split"].fill_null("train").to_list() if "split" in table.columns else [""] * len(table)
    classes = {name: table[name].fill_null("").to_list() for name in columns}
    return [root / link for link in table["image_link"]], split, classes


def _of_lists(root: Path) -> tuple[list[Path], list[str], dict[str, list[str]]]:
    paths: list[Path] = []
    split: list[str] = []
    rows: list[list[str]] = []
    for name in _LISTS:
        if not (root / name).is_file():
            continue
        for number, line in enumerate((root / name).read_text(encoding="utf-8").splitlines(), start=1):
            cells = [cell.strip() for cell in line.split(",")]
            if cells == [""]:
                continue
            if len(cells) < 2:
                raise FeedError(
                    f"Line {number} of {root / name} is {line!r}.",
                    "A line is: path, class, and perhaps a coarser class.",
                    "Correct it.",
                )
            paths.append(root / cells[0])
            split.append(name.removesuffix(".txt"))
            rows.append(cells[1:])
    n_columns = min((len(row) for row in rows), default=0)
    columns = ("",) if n_columns == 1 else _LIST_COLUMNS[:n_columns]
    return paths, split, {name: [row[i] for row in rows] for i, name in enumerate(columns)}


def _of_folders(root: Path) -> tuple[list[Path], list[str], dict[str, list[str]]]:
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    parts = ("train", "val", "valid", "test")
    told = [path.relative_to(root).parts for path in paths]
    has_parts = bool(told) and all(len(each) > 2 and each[0] in parts for each in told)
    inside = [(path, each) for path, each in zip(paths, told, strict=True) if len(each) > 1]
    split = [each[0] if has_parts else "" for _, each in inside]
    classes = ["/".join(each[1 if has_parts else 0 : -1]) for _, each in inside]
    return [path for path, _ in inside], split, {"": classes}


def _split(
    root: Path, paths: list[Path], split: list[str], classes: dict[str, list[str]], seed: int
) -> ImageFolder:
    if not paths or not classes:
        raise FeedError(
            f"{root} has {len(paths)} photos in a layout that is known, and {len(classes)} kinds of classes.",
            "It has products.csv with image_link and classes, train.txt and test.txt with lines "
            '"path, class", or a folder of photos for each class.',
            "Give such a folder.",
        )
    names = {column: sorted(set(values) - {""}) for column, values in classes.items()}
    numbers = {column: _numbers(values, names[column]) for column, values in classes.items()}
    first = next(iter(numbers.values()))
    part = np.array(split)
    test, valid = np.flatnonzero(part == "test"), np.flatnonzero(np.isin(part, ("val", "valid")))
    train = np.flatnonzero(~np.isin(part, ("val", "valid", "test")))
    if not len(test):
        train, test = _held_out(train, first, seed)
    given = bool(len(valid))
    if not given:
        train, valid = _held_out(train, first, seed)
    for name, rows in {"train": train, "valid": valid, "test": test}.items():
        if not len(rows):
            raise FeedError(
                f"{root} has no photo to {name} on.", "Each part has one at least.", "Give more photos."
            )
    return ImageFolder(root.resolve().name, tuple(paths), numbers, names, train, valid, test, given)


def _numbers(values: Sequence[str], names: Sequence[str]) -> Int64:
    places = {name: place for place, name in enumerate(names)}
    return np.array([places.get(value, -1) for value in values], np.int64)


def _held_out(rows: Int64, classes: Int64, seed: int) -> tuple[Int64, Int64]:
    """The rows without a fifth of each class, and that fifth; a class of one photo loses none."""
    order = np.random.default_rng(seed).permutation(rows)
    order = order[np.argsort(classes[order], kind="stable")]
    starts = np.flatnonzero(np.r_[True, np.diff(classes[order]) != 0])
    sizes = np.diff(np.r_[starts, len(order)])
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    held = place < np.repeat(np.where(sizes > 1, np.maximum(1, sizes // _HELD_OUT), 0), sizes)
    return np.sort(order[~held]), np.sort(order[held])
