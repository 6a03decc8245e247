"""Figures of fraud: how well scores rank the few, and what an analyst with little time finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.metrics import auroc, average_precision

BUDGET = 0.01  # of the accounts judged, the share that analysts can look at


def fraud_figures(truth: npt.NDArray[np.integer], scores: npt.NDArray[np.floating]) -> Figures:
    """`auroc`, `average_precision`, `recall@k`, `precision@1%` of `scores` [m] on `truth` [m], 1 for fraud.

    `recall@k` is the share of the k frauds among the k highest scores; `precision@1%` the share of frauds
    among the highest hundredth, one account at least. Equal scores count by their average. 0 for no account.
    """
    labels = (np.asarray(truth) > 0).astype(np.int64)
    k, budget = int(labels.sum()), max(1, round(BUDGET * len(labels)))
    return {
        "auroc": auroc(labels, scores),
        "average_precision": average_precision(labels, scores),
        "recall@k": _share_found(labels, scores, k),
        "precision@1%": _share_found(labels, scores, budget),
    }


def _share_found(labels: npt.NDArray[np.int64], scores: npt.NDArray[np.floating], k: int) -> float:
    """The share of frauds among the k highest scores, those at the edge counted in proportion."""
    k = min(k, len(labels))
    if not k:
        return 0.0
    edge = np.sort(scores)[len(scores) - k]
    above, level = scores > edge, scores == edge
    found = labels[above].sum() + (k - above.sum()) * labels[level].mean()
    return float(found / k)


def over_lists(figures: Mapping[str, Sequence[Figures]]) -> Figures:
    """The means over shares of labels, each the mean over its lists, and `auroc_5%` … of each share."""
    means = {share: _mean(each) for share, each in figures.items()}
    whole = _mean(list(means.values()))
    named = ("auroc", "average_precision")
    return whole | {f"{name}_{share}": means[share][name] for name in named for share in means}


def _mean(figures: Sequence[Figures]) -> Figures:
    return {name: float(np.mean([each[name] for each in figures])) for name in figures[0]}
