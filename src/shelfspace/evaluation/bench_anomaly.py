"""The benchmark of anomalies: damage never seen in training, or strange rows of a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.evaluation.anomaly_floors import photo_floors
from shelfspace.evaluation.anomaly_folders import GOOD, read_anomaly_folder, table_files
from shelfspace.evaluation.bench_anomaly_tables import bench_anomaly_tables
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.metrics import auroc, average_precision
from shelfspace.tasks.anomalies.inspector import learn_good
from shelfspace.tasks.anomalies.parts import PARTS
from shelfspace.tasks.anomalies.presets import SIZE, STEPS
from shelfspace.tasks.match.study import Preset

Scores = npt.NDArray[np.float64]
Kinds = npt.NDArray[np.str_]

FALSE_ALARMS = 0.01


def bench_anomaly(folder: str | Path, *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """`auroc`, `average_precision` and `recall@1%` of a folder of photos or of tables, with floors.

    Photos: an inspector learns from train/good alone; test is judged once. `auroc_<defect>` tells each defect
    from test/good, `false_alarms@1%` which share of good photos is flagged where the p-value is asked to be
    0.01 at most, and `recall_flagged` which share of damaged ones. `recall@1%` is of the scores alone: the
    share of anomalies above all but 1 % of the good.

    Tables: see `bench_anomaly_tables`.

    Raises `FeedError` where there is neither.
    """
    if tables := table_files(folder):
        return bench_anomaly_tables(tables, seed=seed, preset=preset)
    photos = read_anomaly_folder(folder, SIZE)
    with measured() as cost:
        inspector = learn_good(photos.good, steps=STEPS[preset], seed=seed)
        findings = [inspector.inspect(photo) for photo in photos.photos]
    scores = np.array([finding.score for finding in findings])
    flagged = np.array([finding.p_value for finding in findings]) <= FALSE_ALARMS
    damaged = photos.kinds != GOOD
    metrics = _figures(photos.kinds, scores)
    metrics["recall_flagged"] = float(flagged[damaged].mean())
    metrics["false_alarms@1%"] = float(flagged[~damaged].mean())
    floors = photo_floors(photos, seed=seed)
    result = BenchResult(
        task="anomaly",
        dataset=photos.name,
        seed=seed,
        preset=preset,
        metrics=metrics,
        floors={name: _figures(photos.kinds, floor) for name, floor in floors.items()},
        n_train=len(photos.good),
        labels=0.0,
        data={
            "test_good": int((~damaged).sum()),
            "test_anomalies": int(damaged.sum()),
            "dropped_photos": photos.dropped,
            "auroc_made_up": inspector.verdict.score,
            **{f"weight_{name}": inspector.verdict.weights.get(name, 0.0) for name in PARTS},
        },
    )
    return result.costing(cost)


def _figures(kinds: Kinds, scores: Scores) -> Figures:
    """All defects against good ones, and each alone where there are several."""
    damaged = kinds != GOOD
    bar = np.quantile(scores[~damaged], 1 - FALSE_ALARMS, method="higher")
    figures = {
        "auroc": auroc(damaged.astype(np.int64), scores),
        "average_precision": average_precision(damaged.astype(np.int64), scores),
        "recall@1%": float((scores[damaged] > bar).mean()),
    }
    defects = sorted(set(kinds[damaged].tolist()))
    for defect in defects if len(defects) > 1 else ():
        chosen = (kinds == defect) | ~damaged
        figures[f"auroc_{defect}"] = auroc(damaged[chosen].astype(np.int64), scores[chosen])
    return figures
