"""The rows of a table as numbers of one scale: numbers standardised, categories one-hot, gaps told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.errors import FeedError

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

_MOST_VALUES = 50  # of a category; the rarer ones are alike in being none of these
_FARTHEST = (
    10.0  # standard deviations; what lies farther is as far, so that one cell does not hide all others
)


@dataclass(frozen=True)
class NumberColumn:
    """A number's mean and standard deviation among known rows; `gaps` where some of these had none.

    `log` says that all were above 0 and skewed, as prices are, so that their logarithms are taken.
    """

    name: str
    mean: float
    spread: float
    gaps: bool
    log: bool

    @property
    def width(self) -> int:
        """How many numbers the column becomes."""
        return 1 + self.gaps

    def rows(self, cells: pl.Series) -> Float32:
        """The cells [n, width]: standardised, 0 where there is no number; then whether there was none."""
        told = _numbers(cells)
        there = np.isfinite(told)
        values = _logarithms(told[there]) if self.log else told[there]
        placed = np.zeros(len(told))
        placed[there] = np.clip((values - self.mean) / self.spread, -_FARTHEST, _FARTHEST)
        return np.column_stack([placed, ~there] if self.gaps else [placed]).astype(np.float32)

    def number(self, placed: float) -> float:
        """The number in the column's own unit that stands at a place."""
        value = placed * self.spread + self.mean
        return float(np.exp(value)) if self.log else float(value)


@dataclass(frozen=True)
class CategoryColumn:
    """A category's most frequent values; every other one is alike in being none of these."""

    name: str
    values: tuple[str, ...]
    scale: float

    @property
    def width(self) -> int:
        """How many numbers the column becomes."""
        return len(self.values) + 1

    def value(self, place: int) -> str:
        """The value that the number at `place` stands for."""
        return self.values[place] if place < len(self.values) else "another"

    def rows(self, cells: pl.Series) -> Float32:
        """The cells [n, width]: 1 at their value, the last for others, scaled to weigh as a number does."""
        places = {value: place for place, value in enumerate(self.values)}
        texts = cells.cast(pl.String).str.strip_chars().fill_null("").to_list()
        hot = np.zeros((len(texts), self.width), np.float32)
        hot[np.arange(len(texts)), [places.get(text, len(self.values)) for text in texts]] = 1
        return hot / np.float32(self.scale)


@dataclass(frozen=True)
class RowSpace:
    """The columns that count, each with what is usual of it."""

    columns: tuple[NumberColumn | CategoryColumn, ...]

    @classmethod
    def of(cls, table: pl.DataFrame, kinds: Mapping[str, str]) -> RowSpace:
        """The space of a table's numbers and categories; `kinds` says which columns are which.

        Columns in which nothing differs are left out. Raises `FeedError` where none is left.
        """
        made: list[NumberColumn | CategoryColumn | None] = []
        for name, kind in kinds.items():
            if kind == "number":
                made.append(_number(table[name]))
            elif kind == "category":
                made.append(_category(table[name]))
        columns = tuple(column for column in made if column is not None)
        if not columns:
            said = ", ".join(f"{name}: {kind}" for name, kind in kinds.items()) or "none"
            raise FeedError(
                f"Of the columns ({said}) none is a number or category that differs between rows.",
                "To know strange rows takes one at least.",
                'Say in a schema what they are: {"price": "number", "colour": "category"}.',
            )
        return cls(columns)

    def rows(self, table: pl.DataFrame) -> Float32:
        """The rows [n, d]; `FeedError` where a column is missing."""
        missing = [column.name for column in self.columns if column.name not in table.columns]
        if missing:
            raise FeedError(
                f"The table lacks {', '.join(missing)}.",
                f"It has the columns {', '.join(column.name for column in self.columns)}.",
                "Pass a table of the same kind.",
            )
        return np.hstack([column.rows(table[column.name]) for column in self.columns])

    def names(self) -> list[str]:
        """Which column each of the d numbers comes from."""
        return [column.name for column in self.columns for _ in range(column.width)]


def _number(cells: pl.Series) -> NumberColumn | None:
    told = _numbers(cells)
    known = told[np.isfinite(told)]
    gaps = len(known) < len(told)
    if not len(known) or (np.ptp(known) <= 1e-12 and not gaps):
        return None
    log = bool((known > 0).all()) and abs(_skew(np.log(known))) < abs(_skew(known)) / 2
    values = np.log(known) if log else known
    spread = float(values.std())
    return NumberColumn(cells.name, float(values.mean()), spread if spread > 1e-12 else 1.0, gaps, log)


def _numbers(cells: pl.Series) -> Float64:
    """The cells [n] as numbers, NaN for what is none."""
    told = cells.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False).fill_null(float("nan"))
    values = told.to_numpy()
    return np.where(np.isfinite(values), values, np.nan)


def _logarithms(values: Float64) -> Float64:
    """Logarithms; what is not above 0, where known numbers are, lies farther below than any."""
    return np.log(np.maximum(values, 1e-300))


def _skew(values: Float64) -> float:
    spread = float(values.std())
    return float((((values - values.mean()) / spread) ** 3).mean()) if spread > 1e-12 else 0.0


def _category(cells: pl.Series) -> CategoryColumn | None:
    texts = cells.cast(pl.String).str.strip_chars().fill_null("")
    counts = texts.value_counts(sort=True)
    if counts.height < 2:
        return None
    common = counts.filter(pl.col("count") > 1).head(_MOST_VALUES)
    shares = common["count"].to_numpy() / len(texts)
    # The mean squared distance from the centre is 1, as a standardised number's is.
    rest = 1 - shares.sum()
    scale = float(np.sqrt(max(1 - np.square(shares).sum() - rest**2, 1e-2)))
    return CategoryColumn(cells.name, tuple(sorted(common[texts.name].to_list())), scale)
