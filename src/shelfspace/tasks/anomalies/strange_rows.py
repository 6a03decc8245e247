"""Strange rows of any table, each with its p-value, the columns that are odd, and its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.encoders.rows import NumberColumn, RowSpace
from shelfspace.tasks.anomalies.expected_cells import ExpectedCells
from shelfspace.tasks.anomalies.table_parts import NEAREST, nearest
from shelfspace.tasks.anomalies.tables import STEPS, TableFindings, TableInspector, learn_table

Float64 = npt.NDArray[np.float64]

STRANGE_ROWS: dict[str, pl.DataType] = {
    "row": pl.String(),
    "verdict": pl.String(),
    "p_value": pl.Float64(),
    "score": pl.Float64(),
    "why": pl.String(),
    "nearest": pl.String(),
}
_ODD_COLUMNS = 3
_ODD = 1.5  # deviations from what is expected, below which a column is not worth telling
_TOGETHER = "parts of the row"


@dataclass(frozen=True)
class StrangeRows:
    """How strange each row of `table` is, named by `names`; `known` is the table it was held against."""

    table: pl.DataFrame
    names: tuple[str, ...]
    known: pl.DataFrame
    known_names: tuple[str, ...]
    space: RowSpace
    inspector: TableInspector
    cells: ExpectedCells
    findings: TableFindings

    def rows(self, false_alarms: float = 0.01) -> pl.DataFrame:
        """A row for each row of the table, strangest first, by another share of false alarms without a fit.

        `verdict` is strange where the p-value is `false_alarms` at most, else ordinary. `why` says which
        columns of a strange row are odd, beside the nearest rows or beside its other columns; `nearest`
        names the rows next to it. Raises `OptionError` for a share outside (0, 1).
        """
        flagged = self.findings.flagged(false_alarms)
        order = np.argsort(-self.findings.scores, kind="stable")
        told = self._told(np.flatnonzero(flagged))
        made = [
            (
                self.names[row],
                "strange" if flagged[row] else "ordinary",
                float(self.findings.p_values[row]),
                float(self.findings.scores[row]),
                *told.get(int(row), (None, None)),
            )
            for row in order
        ]
        return pl.DataFrame(made, schema=STRANGE_ROWS, orient="row")

    def _told(self, rows: npt.NDArray[np.int64]) -> dict[int, tuple[str, str]]:
        """Why each of `rows` is strange, and its neighbours' names."""
        if not len(rows):
            return {}
        placed = self.inspector.placed(self.space.rows(self.table[rows]))
        same = self.table is self.known
        places = nearest(placed, self.inspector.rows, NEAREST + same)[1]
        found = {}
        for row, own, near in zip(rows.tolist(), placed, places, strict=True):
            others = [int(place) for place in near if not (same and place == row)][:NEAREST]
            kind = min(self.findings.evidence, key=lambda name: self.findings.evidence[name][row])
            found[row] = (self._why(row, own, others, kind), ", ".join(self.known_names[o] for o in others))
        return found

    def _why(self, row: int, placed: npt.NDArray[np.float32], near: list[int], kind: str) -> str:
        if kind == _TOGETHER:
            gaps, expected = self.cells.gaps(placed), self.cells.expected(placed)
        else:
            expected = self.inspector.rows[near].mean(axis=0).astype(np.float64)
            gaps = placed - expected
        own = expected * self.inspector.scale + self.inspector.mean
        parts = self._columns(row, np.asarray(gaps, np.float64), own, near, kind)
        beside = "beside its other columns" if kind == _TOGETHER else "beside the nearest rows"
        return f"{', '.join(parts)}: odd {beside}" if parts else f"no column alone, but all {beside}"

    def _columns(self, row: int, gaps: Float64, expected: Float64, near: list[int], kind: str) -> list[str]:
        """The oddest columns: the value, and what was expected in the column's own unit."""
        found, start = [], 0
        for column in self.space.columns:
            part = slice(start, start + column.width)
            start += column.width
            size = float(np.linalg.norm(gaps[part]))
            value = self.table[column.name].cast(pl.String)[row]
            shown = f"{column.name} {value if value not in (None, '') else 'missing'}"
            if isinstance(column, NumberColumn):
                usual = f"{column.number(float(expected[part][0])):.4g}"
            elif kind == _TOGETHER:
                usual = column.value(int(np.argmax(expected[part])))
            else:
                values = self.known[column.name].cast(pl.String)[near]
                usual = str(values.mode().sort()[0])
            found.append((size, f"{shown} (expected {usual})" if usual != value else shown))
        found.sort(key=lambda each: -each[0])
        return [text for size, text in found[:_ODD_COLUMNS] if size >= _ODD]


def strange_rows(
    table: pl.DataFrame,
    kinds: Mapping[str, str],
    ordinary: pl.DataFrame | None = None,
    *,
    steps: int = STEPS["balanced"],
    seed: int = 0,
) -> StrangeRows:
    """How strange each row of a table is, by its numbers and categories; `kinds` says which columns are.

    With a table of `ordinary` rows these teach and calibrate, and p-values hold for rows like them. Without,
    the table itself does, each row judged by a model that had not seen it; p-values then are estimates that
    bear with a twentieth of strange rows. A row is named by the column of the kind id, else by its number.

    Raises `FeedError` for fewer than 20 rows to learn from, and where no column counts or one is missing.
    """
    known = table if ordinary is None else ordinary
    space = RowSpace.of(known, kinds)
    inspector = learn_table(space.rows(known), columns=space.names(), steps=steps, seed=seed)
    findings = inspector.judge_known() if ordinary is None else inspector.judge(space.rows(table))
    cells = ExpectedCells.of(inspector.rows)
    return StrangeRows(
        table, _names(table, kinds), known, _names(known, kinds), space, inspector, cells, findings
    )


def _names(table: pl.DataFrame, kinds: Mapping[str, str]) -> tuple[str, ...]:
    for name, kind in kinds.items():
        if kind == "id" and name in table.columns:
            return tuple(table[name].cast(pl.String).fill_null("").to_list())
    return tuple(str(place + 1) for place in range(len(table)))
