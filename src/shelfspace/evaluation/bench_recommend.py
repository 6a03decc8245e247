"""The benchmark of recommendation: what each user took afterwards, among everything not taken before."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from shelfspace.evaluation.asked import K, Question
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.interaction_folders import InteractionFolder, read_interaction_folder
from shelfspace.evaluation.interaction_splits import How, Split, given_split, split
from shelfspace.evaluation.recommend_floors import recommend_floors
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.recommend.collaborative import fit_closed, fit_collaborative, options_of
from shelfspace.tasks.recommend.gate import gated
from shelfspace.tasks.recommend.ranked import top_k
from shelfspace.tasks.recommend.ranking_figures import accuracy
from shelfspace.tasks.recommend.scorer import Recommender

_TEST_SHARE = 0.2
_SPEED_USERS = 1_000


def bench_recommend(
    folder: str | Path,
    *,
    seed: int = 0,
    preset: Preset = "balanced",
    how: How | None = None,
    least_value: float | None = None,
) -> BenchResult:
    """`recall@20`, `ndcg@20`, coverage, novelty and diversity of what is recommended, with floors beside.

    The folder's own test part is asked for where it brings one, else a fifth of the events: those after one
    moment for all where events have times, at random where they have none; `how` chooses another split (see
    `interaction_splits.split`). Every item is ranked but those that the user has taken already. Figures are
    means over the users who had taken something before. `data` counts the others, `new_users`, whose
    `new_users_recall@20` shows what they get who have no history, and the items that are new.

    Floors: popularity, item-kNN, ALS and BPR of the package implicit where it is installed and the log not
    too large for it, and the closed form alone, whose cost is in `data`. Everything is learned from the
    training part alone. Raises `FeedError` where the folder holds no such benchmark, `OptionError` for an
    impossible split.
    """
    found = read_interaction_folder(folder, least_value=least_value)
    parts = _split(found, how, seed)
    options = options_of(preset)
    with measured() as cost:
        if preset != "fast":
            options = gated(parts.train, options, seed=seed)
        with measured() as closed_cost:
            closed = fit_closed(parts.train, options, seed=seed)
            question = Question.of(parts, closed.factors.right[:, : options.dim])
            closed_lists = question.answer(closed.linear)
        recommender = fit_collaborative(parts.train, options, closed, seed=seed)
        lists = question.answer(recommender)
    result = BenchResult(
        task="recommend",
        dataset=found.name,
        seed=seed,
        preset=preset,
        metrics=question.figures(lists),
        floors={
            **recommend_floors(question, seed),
            "closed_form": question.figures(closed_lists),
        },
        n_train=len(parts.train),
        data={
            **_counts(found, parts, question),
            **_new_users(parts, recommender),
            "closed_form_cpu_seconds": closed_cost.cpu_seconds,
            "seconds_for_1000_users": _seconds(question, recommender),
            "linear_power": recommender.linear_power,
            "contrastive_power": recommender.contrastive_power,
        },
    )
    return result.costing(cost)


def _split(found: InteractionFolder, how: How | None, seed: int) -> Split:
    if how is None and found.test is not None:
        return given_split(found.log, found.test)
    default: How = "random" if found.log.times is None else "time"
    return split(found.log, how or default, share=_TEST_SHARE, seed=seed)


def _counts(found: InteractionFolder, parts: Split, question: Question) -> Figures:
    return {
        "users": parts.train.n_users,
        "items": parts.train.n_items,
        "test_events": len(parts.test),
        "asked_users": len(question.rows),
        "new_users": parts.new_users,
        "new_items": parts.new_items,
        "repeats": parts.repeats,
        "rejects": len(found.rejects),
    }


def _new_users(parts: Split, recommender: Recommender) -> Figures:
    """What those get who had taken nothing before."""
    rows = np.flatnonzero((parts.test.lengths > 0) & (parts.train.lengths == 0))
    if not len(rows):
        return {}
    lists = top_k(recommender, parts.train.take(rows[:1]), K).repeat(len(rows), axis=0)
    figures = accuracy(lists, parts.test.take(rows))
    return {f"new_users_{name}": value for name, value in figures.items()}


def _seconds(question: Question, recommender: Recommender) -> float:
    """Time on the clock of 1,000 users' lists, of fewer where there are not as many."""
    rows = question.rows[:_SPEED_USERS]
    histories = question.train.take(rows)
    start = time.perf_counter()
    top_k(recommender, histories, K, users=rows)
    return time.perf_counter() - start
