"""Learn a ranking from judged queries: what words mean, how signals are weighed, and trees for the best."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.progress import progress
from shelfspace.tasks.match.trees import platt
from shelfspace.tasks.match.tuned import TextModel
from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.lesson import Lesson, cross_judge, tree_judge
from shelfspace.tasks.search.query_words import QueryWords
from shelfspace.tasks.search.ranking import Ranking
from shelfspace.tasks.search.signals import POOL, Looked, Reader
from shelfspace.tasks.search.stages import BEFORE, TOLD, Judge, Stage
from shelfspace.tasks.search.weighing import Weighing
from shelfspace.training.gate import Measure, Verdict, gate

Float32 = npt.NDArray[np.float32]

_K = 10  # the depth at which weights are chosen
_MOST = 2_000  # queries that judges learn from
_CALIBRATED = 50  # the best answers, which the probability is told of
#: The weights of signals that start beside each other, before anything was learned.
_CLOSED = {"words": 1.0, "letters": 1.0, "codes": 0.5, "meaning": 0.5}
_LOST = 0.01  # of the fitting products found, that the cut-off may lose


def learn_ranking(
    reader: Reader,
    train: Judged | None,
    valid: Judged,
    *,
    text_model: TextModel | None = None,
    seed: int = 0,
) -> Ranking:
    """The ranking that `train` teaches, chosen and calibrated on `valid`, whose queries it has not seen.

    Without `train` the signals are only weighed. Each step is taken if `valid` says surely that it helps (see
    `gate`): first weights beside equal ones, then trees beside these, then a cross-encoder that starts as
    `text_model`, where there is one.
    """
    words = QueryWords.none() if train is None else QueryWords.learn(train, reader.space.vectors)
    looked = look_all(reader, valid, words)
    verdict = _first(looked, valid)
    ranking = Ranking(Weighing(verdict.weights, verdict.scales), query_words=words)
    if train is not None:
        lesson = _lesson_of(reader, train, ranking, seed)
        for judge in (tree_judge(reader, lesson, seed), cross_judge(reader, lesson, text_model)):
            if judge is not None:
                ranking = _with_judge(reader, ranking, judge, valid, looked)
    return _calibrated(reader, ranking, valid, looked)


def look_all(reader: Reader, judged: Judged, words: QueryWords, *, pool: int = POOL) -> Looked:
    """The candidates of every query."""
    parts = []
    with progress("Searching", len(judged)) as advance:
        for text, own in zip(judged.texts, judged.own.tolist(), strict=True):
            parts.append(reader.look(text, words, pool=pool, rows=judged.rows, own=own))
            advance(1)
    return Looked.stacked(parts)


def _first(looked: Looked, valid: Judged) -> Verdict:
    """The weights of the signals that rank the fitting products best."""
    told = {name: values for name, values in looked.signals.items() if np.ptp(values[looked.rows >= 0]) > 0}
    closed = Weighing(
        {name: weight for name, weight in _CLOSED.items() if name in told}, scales_of(told, looked)
    )
    found = gate({"closed": closed.of(told), **told}, ndcg_measure(looked, valid), steps=5)
    return replace(found, **_unfolded(found, closed))


def _unfolded(found: Verdict, closed: Weighing) -> dict[str, Any]:
    """The verdict's weights on signals alone: what "closed" stands for is weighed in."""
    weights: dict[str, float] = {}
    scales: dict[str, tuple[float, float]] = {}
    for name, weight in found.weights.items():
        mean, deviation = found.scales[name]
        parts = closed.weights if name == "closed" else {name: 1.0}
        for part, share in parts.items():
            middle, width = closed.scales[part] if name == "closed" else (mean, deviation)
            factor = weight * share / deviation if name == "closed" else weight
            weights[part] = weights.get(part, 0.0) + factor
            scales[part] = (middle, width)
    return {"weights": weights, "scales": scales}


def scales_of(signals: dict[str, Float32], looked: Looked) -> dict[str, tuple[float, float]]:
    """The mean and the deviation of each signal over all candidates."""
    there = looked.rows >= 0
    return {
        name: (float(values[there].mean()), float(values[there].std()) or 1.0)
        for name, values in signals.items()
    }


def _lesson_of(reader: Reader, train: Judged, ranking: Ranking, seed: int) -> Lesson:
    if len(train) > _MOST:
        train = train.take(np.sort(np.random.default_rng(seed).permutation(len(train))[:_MOST]))
    looked = _unseen(reader, train, look_all(reader, train, ranking.query_words), seed)
    looked, _ = looked.best(ranking.first.of(looked.signals), looked.rows.shape[1])
    return Lesson(train.texts, looked, train.gains(looked.rows))


def _with_judge(reader: Reader, ranking: Ranking, judge: Judge, valid: Judged, looked: Looked) -> Ranking:
    """The same with a closer look, if that ranks the held-out queries surely better."""
    near, scores = ranking.scored(reader, valid.texts, looked)
    near, scores = near.best(scores, judge.closer)
    candidates = {
        name: np.where(near.rows >= 0, values, -np.inf)
        for name, values in ((BEFORE, scores), (TOLD, judge.told(reader, valid.texts, near)))
    }
    verdict = gate(candidates, ndcg_measure(near, valid), closed=BEFORE, steps=5)
    if TOLD not in verdict.weights:
        return ranking
    return replace(ranking, stages=(*ranking.stages, Stage(judge, Weighing(verdict.weights, verdict.scales))))


def _unseen(reader: Reader, train: Judged, looked: Looked, seed: int) -> Looked:
    """The candidates of training queries with what words mean as told by other queries and other products.

    Queries and products are dealt to two folds each, and a pair's signal comes from judgements that share
    neither with it: as it will be for queries and products to come.
    """
    rng = np.random.default_rng(seed)
    query_fold = rng.integers(2, size=len(train))
    item_fold = rng.integers(2, size=len(reader.space))
    owner = np.repeat(query_fold, np.diff(train.starts))
    fits = looked.signals["fits"].copy()
    for ours in range(2):
        for theirs in range(2):
            judged = (owner != ours) & (item_fold[train.items] != theirs)
            words = QueryWords.learn(train, reader.space.vectors, judged)
            for query in np.flatnonzero(query_fold == ours).tolist():
                rows = looked.rows[query]
                there = np.flatnonzero(rows >= 0)
                places = there[item_fold[rows[there]] == theirs]
                fits[query, places] = words.fits(train.texts[query], reader.space.vectors[rows[places]])
    return replace(looked, signals=looked.signals | {"fits": fits})


def ndcg_measure(looked: Looked, judged: Judged) -> Measure:
    """The NDCG at 10 of each query's candidates, ranked by whatever scores they get."""
    gains = np.where(looked.rows >= 0, judged.gains(looked.rows), 0)
    discount = 1 / np.log2(np.arange(_K) + 2.0)
    ideal = np.maximum(judged.ideal(_K) @ discount, 1e-12)

    def measure(scores: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        order = np.argsort(-np.where(looked.rows >= 0, scores, -np.inf), axis=1, kind="stable")[:, :_K]
        found = np.take_along_axis(gains, order, axis=1)
        return np.asarray(found @ discount[: found.shape[1]] / ideal, np.float64)

    return measure


def _calibrated(reader: Reader, ranking: Ranking, valid: Judged, looked: Looked) -> Ranking:
    """The same with log-odds that are those of the validation queries, and a cut-off."""
    raw = replace(ranking, slope=1.0, offset=0.0)
    ranked, relevance = raw.ranked(reader, valid.texts, looked)
    there = (ranked.rows >= 0) & (np.arange(ranked.rows.shape[1]) < _CALIBRATED)
    labels = (valid.gains(ranked.rows)[there] > 0).astype(np.int64)
    with np.errstate(divide="ignore"):
        odds = np.clip(relevance - ranked.exact, 1e-12, 1 - 1e-12)[there]
    log_odds = np.log(odds) - np.log1p(-odds)
    slope, offset = platt(log_odds, labels)
    told = 1 / (1 + np.exp(-(slope * log_odds + offset)))
    least = float(np.quantile(told[labels == 1], _LOST)) if labels.any() else 0.0
    return replace(ranking, slope=slope, offset=offset, least=min(least, 0.5))
