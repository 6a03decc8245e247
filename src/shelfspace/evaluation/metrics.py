"""The figures a benchmark prints: of decisions, of probabilities and of rankings, each a pure function.

None of them returns NaN: what an empty or one-sided input gives stands in each docstring.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating[Any]]
Ranks = npt.NDArray[np.integer[Any]]


class PrecisionRecallF1(NamedTuple):
    """Three shares in 0…1."""

    precision: float
    recall: float
    f1: float


def precision_recall_f1(labels: Labels, predicted: Labels) -> PrecisionRecallF1:
    """Precision, recall and F1 of the decisions `predicted` `[m]` on `labels` `[m]`, both 0 or 1.

    A share of nothing is 0: precision where nothing is predicted, recall where there is nothing to find.

    >>> precision_recall_f1(np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0]))
    PrecisionRecallF1(precision=0.5, recall=0.5, f1=0.5)
    """
    truth, chosen = np.asarray(labels) == 1, np.asarray(predicted) == 1
    hits, n_chosen, n_true = int((truth & chosen).sum()), int(chosen.sum()), int(truth.sum())
    return PrecisionRecallF1(
        hits / n_chosen if n_chosen else 0.0,
        hits / n_true if n_true else 0.0,
        2 * hits / (n_chosen + n_true) if n_chosen + n_true else 0.0,
    )


def accuracy(labels: Labels, predicted: Labels) -> float:
    """The share of things whose class `[m]` is told rightly, in 0…1; 0 for none."""
    return float(np.mean(np.asarray(labels) == np.asarray(predicted))) if len(labels) else 0.0


def macro_f1(labels: Labels, predicted: Labels) -> float:
    """The mean over the classes that occur in `labels` `[m]` of each one's F1; 0 for no things.

    >>> macro_f1(np.array([0, 0, 1]), np.array([0, 0, 2]))
    0.5
    """
    truth, told = np.asarray(labels), np.asarray(predicted)
    each = [precision_recall_f1(truth == name, told == name).f1 for name in np.unique(truth)]
    return float(np.mean(each)) if each else 0.0


def expected_calibration_error(labels: Labels, probabilities: Floats, bins: int = 15) -> float:
    """How far probabilities `[m]` in 0…1 lie from what comes true, in 0…1, 0 the best.

    Σ_b |B_b| / m · |mean label of B_b − mean probability of B_b| over equal-width bins, each with its upper
    edge and without its lower one but for the first (Guo et al. 2017, equation 3). 0 for no pairs.
    """
    truth, given = np.asarray(labels, np.float64), np.asarray(probabilities, np.float64)
    if not len(truth):
        return 0.0
    number = np.clip(np.ceil(given * bins).astype(np.int64) - 1, 0, bins - 1)
    gaps = np.bincount(number, weights=truth - given, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


def average_precision(labels: Labels, scores: Floats) -> float:
    """Σ_n (R_n − R_{n−1}) P_n over the distinct scores, best first, without interpolation; in 0…1.

    Equal scores are one step, so the order of the input cannot matter. 0 where there is no positive.
    """
    hits, found = _curve(labels, scores)
    if not len(hits) or hits[-1] == 0:
        return 0.0
    return float(np.sum(np.diff(hits, prepend=0) / hits[-1] * hits / found))


def auroc(labels: Labels, scores: Floats) -> float:
    """The chance that a positive scores above a negative, equal scores counting half; in 0…1.

    0.5 where there is no positive or no negative.
    """
    hits, found = _curve(labels, scores)
    if not len(hits) or hits[-1] in (0, found[-1]):
        return 0.5
    true = np.concatenate([[0], hits / hits[-1]])
    false = np.concatenate([[0], (found - hits) / (found[-1] - hits[-1])])
    return float(np.sum(np.diff(false) * (true[1:] + true[:-1]) / 2))


def recall_at_k(ranks: Ranks, k: int) -> float:
    """The share of `ranks` `[m]` below k, in 0…1; a rank is 0 for the best place, negative where not found.

    With one sought item a query this is the hit rate too. 0 for no ranks.
    """
    ranks = np.asarray(ranks)
    return float(np.mean((ranks >= 0) & (ranks < k))) if len(ranks) else 0.0


def mean_reciprocal_rank(ranks: Ranks, k: int | None = None) -> float:
    """The mean of 1 / (rank + 1), in 0…1; 0 for what is not found or stands at rank `k` or beyond.

    Ranks `[m]` as in `recall_at_k`. 0 for no ranks.
    """
    ranks = np.asarray(ranks)
    if not len(ranks):
        return 0.0
    counted = (ranks >= 0) if k is None else (ranks >= 0) & (ranks < k)
    return float(np.mean(np.where(counted, 1 / (np.maximum(ranks, 0) + 1.0), 0)))


def ndcg_at_k(gains: Floats, ideal: Floats, k: int) -> float:
    """The mean over queries of DCG@k over the best possible, in 0…1, with linear gains ≥ 0.

    DCG@k = Σ_{i<k} gain_i / log2(i + 2) (Järvelin and Kekäläinen 2002). `gains` `[n, ≥1]` are those of the
    answers in ranked order, `ideal` `[n, m]` those of everything relevant, in any order, padded with 0. A
    query with nothing relevant counts 0, so that none goes missing unseen; 0 for no queries.
    """
    best = -np.sort(-np.asarray(ideal, np.float64), axis=1)
    reached, possible = _dcg(np.asarray(gains, np.float64), k), _dcg(best, k)
    ndcg = np.divide(reached, possible, out=np.zeros_like(reached), where=possible > 0)
    return float(ndcg.mean()) if len(ndcg) else 0.0


def _dcg(gains: npt.NDArray[np.float64], k: int) -> npt.NDArray[np.float64]:
    gains = gains[:, :k]
    return np.asarray(gains @ (1 / np.log2(np.arange(gains.shape[1]) + 2.0)), np.float64)


def _curve(labels: Labels, scores: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The positives and all items found down to each distinct score, best first."""
    truth, given = np.asarray(labels) == 1, np.asarray(scores)
    order = np.argsort(-given, kind="stable")
    ranked = given[order]
    last_of_ties = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], np.ones(min(len(ranked), 1), bool)))
    return np.cumsum(truth[order])[last_of_ties], last_of_ties + 1


def f1_threshold(scores: Floats, labels: Labels) -> float:
    """The score, on any scale, from which on to say yes for the best F1: halfway between the two beside it.

    Infinity, which says no to everything, where there is no positive.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(labels[order])
    if not len(hits) or hits[-1] == 0:
        return float("inf")
    last_of_ties = np.append(ranked[1:] != ranked[:-1], True)
    f1 = np.where(last_of_ties, 2 * hits / (np.arange(1, len(hits) + 1) + hits[-1]), -1)
    best = int(f1.argmax())
    below = ranked[best + 1] if best + 1 < len(ranked) else ranked[best]
    return float((ranked[best] + below) / 2)
