"""How good matching is with how many labels: the benchmark again and again, with shares of its labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shelfspace.errors import OptionError
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_result import BenchResult
from shelfspace.evaluation.labels import label_share

if TYPE_CHECKING:
    from rich.table import Table

_NAMES = {"f1_known": "known", "f1_table": "table", "f1_pair": "pair"}


@dataclass(frozen=True)
class LabelCurve:
    """The results of one benchmark by the share of labels, the fewest first."""

    results: tuple[BenchResult, ...]

    @property
    def labels(self) -> list[int]:
        """How many labelled pairs each was given, those for validation included."""
        return [round(result.data["labelled_pairs"]) for result in self.results]

    @property
    def contexts(self) -> list[str]:
        """The metrics of the contexts that were measured; none where all was without labels."""
        return [metric for metric in _NAMES if any(metric in result.metrics for result in self.results)]

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """F1 by number of labels, of each context and of the best floor; without labels contexts are one."""
        found: dict[str, list[tuple[float, float]]] = {}
        for n, result in zip(self.labels, self.results, strict=True):
            for metric in self.contexts or ["f1"]:
                figure = result.metrics.get(metric, result.metrics["f1"])
                found.setdefault(_NAMES.get(metric, "no labels"), []).append((float(n), figure))
            floors = [figures["f1"] for figures in result.floors.values()]
            if floors:
                found.setdefault("best floor", []).append((float(n), max(floors)))
        return found

    def to_json(self) -> str:
        """Every result in full, ending in a line feed."""
        first = self.results[0]
        curve = [result.to_dict() for result in self.results]
        return json.dumps({"task": first.task, "dataset": first.dataset, "curve": curve}, indent=2) + "\n"

    def table(self) -> Table:
        """The curve for a terminal, a row a share, with the best floor beside it."""
        from rich.table import Table

        first = self.results[0]
        table = Table(title=f"F1 by labels · {first.dataset}", title_justify="left")
        contexts = self.contexts
        for head in ("share", "labels", "f1", "±", *(_NAMES[metric] for metric in contexts), "best floor"):
            table.add_column(head, justify="right")
        for n, result in zip(self.labels, self.results, strict=True):
            spread = result.seeds["spread"]["f1"] if result.seeds else None
            name, floor = max(((k, v["f1"]) for k, v in result.floors.items()), key=lambda one: one[1])
            table.add_row(
                f"{result.labels:.0%}",
                f"{n:,}",
                f"{result.metrics['f1']:.3f}",
                "" if spread is None else f"{spread:.3f}",
                *(f"{result.metrics[m]:.3f}" if m in result.metrics else "" for m in contexts),
                f"{floor:.3f} {name.replace('_', ' ')}",
            )
        return table


def label_curve(folder: str | Path, shares: Sequence[float], **options: Any) -> LabelCurve:
    """The curve of F1 on the test pairs of `folder` over `shares` of its labels; `options` as in `bench`.

    A share is of the training and of the validation pairs alike, drawn anew by each seed: whoever has few
    labels has few to choose a threshold by too. 0 is the scorer without labels. Raises what `bench` raises,
    and `OptionError` where there is no share or one outside 0…1.
    """
    if not shares:
        raise OptionError("No share of the labels was given.", "A curve has one at least.", "Name some.")
    each = sorted({label_share(share) for share in shares})
    return LabelCurve(tuple(bench("match", folder, labels=share, **options) for share in each))
