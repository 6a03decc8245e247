"""What a benchmark run found and cost, as `bench --json` writes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from shelfspace import __version__
from shelfspace.evaluation.cost import Cost

Figures = dict[str, float]


@dataclass(frozen=True)
class BenchResult:
    """The figures of one run, or the means over several, in which case `seeds` holds each run and the spread.

    `metrics` and each of `floors` hold figures by their key; `data` says what is to be known of the data:
    sizes, and how much of the test set the training set gives away. `labels` is the share of labels used,
    `init` the space or folder that it started from.
    """

    task: str
    dataset: str
    seed: int | list[int]
    preset: str
    metrics: Figures
    floors: dict[str, Figures]
    n_train: int
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_mib: float = 0.0
    version: str = __version__
    labels: float = 1.0
    data: dict[str, float] = field(default_factory=dict)
    seeds: dict[str, Any] = field(default_factory=dict)
    init: str = ""

    def costing(self, cost: Cost) -> BenchResult:
        """The same result with what it cost."""
        return replace(self, **asdict(cost))

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON has it; `seeds` only where there were several."""
        fields = asdict(self)
        return fields if self.seeds else {name: fields[name] for name in fields if name != "seeds"}

    def to_json(self) -> str:
        """The result as JSON, ending in a line feed."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False) + "\n"


def over_seeds(runs: Sequence[BenchResult]) -> BenchResult:
    """The runs as one: means of figures and costs, the highest memory, and under `seeds` mean, spread, runs.

    The spread is the standard deviation between seeds (n − 1). One run is returned as it is.
    """
    if len(runs) == 1:
        return runs[0]
    metrics = [run.metrics for run in runs]
    each = ("seed", "metrics", "cpu_seconds", "wall_seconds")
    return replace(
        runs[0],
        seed=[run.seed for run in runs if isinstance(run.seed, int)],
        metrics=_means(metrics),
        floors={name: _means([run.floors[name] for run in runs]) for name in runs[0].floors},
        cpu_seconds=float(np.mean([run.cpu_seconds for run in runs])),
        wall_seconds=float(np.mean([run.wall_seconds for run in runs])),
        peak_mib=max(run.peak_mib for run in runs),
        data=_means([run.data for run in runs]),
        seeds={
            "mean": _means(metrics),
            "spread": {name: float(np.std([m[name] for m in metrics], ddof=1)) for name in metrics[0]},
            "runs": [{name: getattr(run, name) for name in each} for run in runs],
        },
    )


def _means(figures: Sequence[Figures]) -> Figures:
    """The mean of each figure; counts that are the same in all stay whole numbers."""
    return {
        name: figures[0][name]
        if len({f[name] for f in figures}) == 1
        else float(np.mean([f[name] for f in figures]))
        for name in figures[0]
    }
