"""How well classes are told after how many labels of each, from scratch and from another shop's space."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shelfspace.errors import OptionError
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_result import BenchResult

if TYPE_CHECKING:
    from rich.table import Table

_SCRATCH, _LENT, _FLOOR = "from scratch", "from the space", "best floor"


@dataclass(frozen=True)
class ClassCurve:
    """The results of `bench classify` by labels a class, fewest first; `lent` those that a space helped."""

    counts: tuple[int, ...]
    results: tuple[BenchResult, ...]
    lent: tuple[BenchResult, ...] = ()

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """Accuracy by labels a class: from scratch, from the space where there is one, and the best floor."""
        kinds = {_SCRATCH: self.results, **({_LENT: self.lent} if self.lent else {})}
        found = {
            name: [(float(n), of.metrics["accuracy"]) for n, of in zip(self.counts, results, strict=True)]
            for name, results in kinds.items()
        }
        best = [max(floor["accuracy"] for floor in of.floors.values()) for of in self.results]
        return {**found, _FLOOR: [(float(n), of) for n, of in zip(self.counts, best, strict=True)]}

    def to_json(self) -> str:
        """Every result in full, ending in a line feed."""
        first = self.results[0]
        told = {
            "task": first.task,
            "dataset": first.dataset,
            "labels_a_class": list(self.counts),
            "curve": [of.to_dict() for of in self.results],
            "curve_from_space": [of.to_dict() for of in self.lent],
        }
        return json.dumps(told, indent=2) + "\n"

    def table(self) -> Table:
        """The curve for a terminal, a row for each number of labels."""
        from rich.table import Table

        table = Table(title=f"accuracy by labels a class · {self.results[0].dataset}", title_justify="left")
        table.add_column("labels a class", justify="right")
        curves = self.curves()
        for name in curves:
            table.add_column(name, justify="right")
        for place, n in enumerate(self.counts):
            table.add_row(str(n), *(f"{curve[place][1]:.3f}" for curve in curves.values()))
        return table


def class_curve(
    folder: str | Path, counts: Sequence[int], *, init: str | Path | None = None, **options: Any
) -> ClassCurve:
    """The curve of `bench classify` on `folder` over `counts` of labels a class, and with `init` beside it.

    `init` is a space fitted on other feeds, see `bench_classify`; `options` are those of `bench`. Raises what
    `bench` raises, and `OptionError` where there is no count.
    """
    if not counts:
        raise OptionError("No number of labels was given.", "A curve has one at least.", "Name some.")
    each = tuple(sorted(set(counts)))
    scratch = tuple(bench("classify", folder, labels=n, **options) for n in each)
    if init is None:
        return ClassCurve(each, scratch)
    return ClassCurve(
        each, scratch, tuple(bench("classify", folder, labels=n, init=init, **options) for n in each)
    )
