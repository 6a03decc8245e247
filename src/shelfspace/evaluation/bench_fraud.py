"""The benchmark of fraud: accounts in a network, with published lists of labels or without any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.accounts import UNKNOWN
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.fraud_figures import fraud_figures, over_lists
from shelfspace.evaluation.fraud_floors import labelled_floors, plain_floors
from shelfspace.evaluation.fraud_folders import read_fraud_folder
from shelfspace.evaluation.fraud_lists import FraudFolder
from shelfspace.evaluation.metrics import auroc
from shelfspace.progress import progress
from shelfspace.tasks.fraud.described import Described
from shelfspace.tasks.fraud.labelled import learn_labelled
from shelfspace.tasks.fraud.unlabelled import strangeness
from shelfspace.tasks.match.study import Preset

Scores = npt.NDArray[np.float64]

STEPS: dict[Preset, int] = {"fast": 0, "balanced": 400, "best": 1_600}
_KINDS = {1: "contextual", 2: "structural"}
_ALARMS = 0.05


def bench_fraud(folder: str | Path, *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """`auroc`, `average_precision`, `recall@k` and `precision@1%` of a folder of accounts, with floors.

    With published lists of labels each is learned and judged alone; `auroc_5%` and its like are means over
    the lists of a share of labels, the main figures means over the shares. Without lists (an .npz graph) no
    label is used, and `auroc_contextual`, `auroc_structural` tell the kinds of injected outliers apart.

    Raises `FeedError` where there is neither.
    """
    read = read_fraud_folder(folder)
    return (_labelled if read.lists else _unlabelled)(read, seed, preset)


def _labelled(folder: FraudFolder, seed: int, preset: Preset) -> BenchResult:
    found: dict[str, list[Figures]] = {}
    with measured() as cost, progress("Learning from lists", len(folder.lists)) as advance:
        described = Described.of(folder.accounts, steps=STEPS[preset], seed=seed)
        for published in folder.lists:
            labels = np.full(len(folder.accounts), UNKNOWN)
            labels[published.train] = published.train_labels
            learned = learn_labelled(described, labels, seed=seed)
            figures = fraud_figures(published.test_labels, learned.scores[published.test])
            found.setdefault(published.share, []).append(figures)
            advance()
    result = BenchResult(
        task="fraud",
        dataset=folder.name,
        seed=seed,
        preset=preset,
        metrics=over_lists(found),
        floors=_floors_of_lists(folder, seed),
        n_train=int(np.mean([len(published.train) for published in folder.lists])),
        data={**_sizes(folder), "lists": len(folder.lists)},
    )
    return result.costing(cost)


def _floors_of_lists(folder: FraudFolder, seed: int) -> dict[str, Figures]:
    plain = plain_floors(folder.accounts, seed=seed)
    floors: dict[str, dict[str, list[Figures]]] = {}
    for published in folder.lists:
        for name, scores in {**labelled_floors(folder.accounts, published, seed=seed), **plain}.items():
            figures = fraud_figures(published.test_labels, scores[published.test])
            floors.setdefault(name, {}).setdefault(published.share, []).append(figures)
    return {name: over_lists(figures) for name, figures in floors.items()}


def _unlabelled(folder: FraudFolder, seed: int, preset: Preset) -> BenchResult:
    with measured() as cost:
        found = strangeness(folder.accounts, steps=STEPS[preset], seed=seed)
    ordinary = folder.truth == 0
    floors = plain_floors(folder.accounts, seed=seed)
    # Each kind of evidence alone stands beside the floors.
    floors |= {f"{name}_alone": -p_values for name, p_values in found.evidence.items()}
    result = BenchResult(
        task="fraud",
        dataset=folder.name,
        seed=seed,
        preset=preset,
        metrics=_figures(folder, found.scores),
        floors={name: _figures(folder, scores) for name, scores in floors.items()},
        n_train=0,
        labels=0.0,
        data={
            **_sizes(folder),
            "outliers": int((~ordinary).sum()),
            "false_alarms@5%": float((found.p_values[ordinary] <= _ALARMS).mean()),
            "found@5%": float((found.p_values[~ordinary] <= _ALARMS).mean()),
        },
    )
    return result.costing(cost)


def _figures(folder: FraudFolder, scores: Scores) -> Figures:
    """All outliers against ordinary accounts, and each kind alone where the file tells kinds."""
    figures = fraud_figures(folder.truth, scores)
    if folder.truth.max() > 1:
        for bit, name in _KINDS.items():
            chosen = (folder.truth == 0) | (folder.truth & bit > 0)
            figures[f"auroc_{name}"] = auroc((folder.truth[chosen] > 0).astype(np.int64), scores[chosen])
    return figures


def _sizes(folder: FraudFolder) -> Figures:
    n, d = folder.accounts.features.shape
    return {"accounts": n, "features": d, "edges": len(folder.accounts.edges)}
