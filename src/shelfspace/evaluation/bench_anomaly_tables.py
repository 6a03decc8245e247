"""The benchmark of strange rows: tables with labels that only judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.evaluation.anomaly_floors import row_floors
from shelfspace.evaluation.anomaly_folders import AnomalyTable, read_anomaly_table
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.fraud_figures import fraud_figures
from shelfspace.progress import progress
from shelfspace.tasks.anomalies.tables import STEPS, learn_table
from shelfspace.tasks.match.study import Preset

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

FALSE_ALARMS = 0.01
_TRAIN_SHARE = 0.5


def bench_anomaly_tables(paths: Sequence[Path], *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """The figures of .npz tables with X and y, the mean over tables, and `auroc_<table>` of each of several.

    Half of the normal rows teach, everything else is judged once. `recall@k` is the share of the k anomalies
    among the k highest scores, `precision@1%` that of anomalies among the highest hundredth, `recall@1%`
    the share of them above all but 1 % of the normal rows. `flagged_normal` and `flagged_anomalies` are the
    shares that are flagged where 1 % of false alarms is asked for. Floors see the same rows, standardised.

    Raises `FeedError` for a file that is no such table.
    """
    found: dict[str, Figures] = {}
    floors: dict[str, dict[str, Figures]] = {}
    sizes = []
    with measured() as cost, progress("Judging tables", len(paths)) as advance:
        for path in paths:
            table = read_anomaly_table(path)
            taught, judged = _parted(table, seed)
            inspector = learn_table(table.X[taught], steps=STEPS[preset], seed=seed)
            findings = inspector.judge(table.X[judged])
            truth = table.y[judged]
            flagged = findings.flagged(FALSE_ALARMS)
            found[table.name] = _figures(truth, findings.scores) | {
                "flagged_normal": float(flagged[truth == 0].mean()),
                "flagged_anomalies": float(flagged[truth == 1].mean()),
            }
            sizes.append((len(taught), int((truth == 0).sum()), int(truth.sum())))
            advance()
    for path in paths:
        table = read_anomaly_table(path)
        taught, judged = _parted(table, seed)
        spread = table.X[taught].std(axis=0)
        standard = (table.X - table.X[taught].mean(axis=0)) / np.where(spread > 0, spread, 1)
        for name, scores in row_floors(standard[taught], standard[judged], seed=seed).items():
            floors.setdefault(name, {})[table.name] = _figures(table.y[judged], scores)
    result = BenchResult(
        task="anomaly",
        dataset=paths[0].stem if len(paths) == 1 else paths[0].resolve().parent.name,
        seed=seed,
        preset=preset,
        metrics=_over_tables(found),
        floors={name: _over_tables(each) for name, each in floors.items()},
        n_train=sum(size[0] for size in sizes),
        labels=0.0,
        data={
            "tables": len(paths),
            "test_good": sum(size[1] for size in sizes),
            "test_anomalies": sum(size[2] for size in sizes),
        },
    )
    return result.costing(cost)


def _parted(table: AnomalyTable, seed: int) -> tuple[Int64, Int64]:
    """The rows that teach, half of the normal ones, and all others."""
    normal = np.random.default_rng(seed).permutation(np.flatnonzero(table.y == 0))
    taught = normal[: max(1, int(len(normal) * _TRAIN_SHARE))]
    return taught, np.setdiff1d(np.arange(len(table.y)), taught)


def _figures(truth: Int64, scores: Float64) -> Figures:
    bar = np.quantile(scores[truth == 0], 1 - FALSE_ALARMS, method="higher")
    return fraud_figures(truth, scores) | {"recall@1%": float((scores[truth == 1] > bar).mean())}


def _over_tables(figures: dict[str, Figures]) -> Figures:
    names = next(iter(figures.values()))
    means = {name: float(np.mean([each[name] for each in figures.values()])) for name in names}
    if len(figures) == 1:
        return means
    return means | {f"auroc_{table}": each["auroc"] for table, each in figures.items()}
