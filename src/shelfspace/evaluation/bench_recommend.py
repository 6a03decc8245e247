"""The benchmark of recommendation: what each user took afterwards, among everything not taken before."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from shelfspace.data.interactions import Int64
from shelfspace.evaluation.asked import K, Question
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.diversity_curve import diversity_curve
from shelfspace.evaluation.interaction_folders import InteractionFolder, read_interaction_folder
from shelfspace.evaluation.interaction_splits import How, Split, given_split, split
from shelfspace.evaluation.recommend_floors import recommend_floors
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.recommend.collaborative import fit_closed, fit_collaborative, options_of
from shelfspace.tasks.recommend.gate import gated
from shelfspace.tasks.recommend.ranked import top_k, top_scored
from shelfspace.tasks.recommend.ranking_figures import accuracy, hits
from shelfspace.tasks.recommend.scorer import Recommender

_TEST_SHARE = 0.2
_SPEED_USERS = 1_000
_FEW = (1, 2)  # training events of a user of whom little is known
_RARE = (3, 5)  # training events up to which an item counts as one that few have taken
_POOL = 100  # a varied list is chosen from so many items
_CURVE_USERS = 2_000


def bench_recommend(
    folder: str | Path,
    *,
    seed: int = 0,
    preset: Preset = "balanced",
    how: How | None = None,
    least_value: float | None = None,
    plot: str | Path | None = None,
) -> BenchResult:
    """`recall@20`, `ndcg@20`, coverage, novelty and diversity of what is recommended, with floors beside.

    The folder's own test part is asked for where it brings one, else a fifth of the events: those after one
    moment for all where events have times, at random where they have none; `how` chooses another split (see
    `interaction_splits.split`). Every item is ranked but those that the user has taken already. Figures are
    means over the users who had taken something before. `data` counts the others, `new_users`, whose
    `new_users_recall@20` shows what they get who have no history, and the items that are new. It tells the
    cold ones apart too: `recall@20_up_to_2` of users with 1 or 2 training events, and `found_rare_3`, the
    share of the asked events of items with 1 to 3 training events that the lists hold.

    `plot` is an SVG to draw, recall by diversity over the settings of the knob, for 2,000 users at most.

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
    if plot is not None:
        draw_curve(plot, question, recommender, found.name, seed)
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
            **_cold(question, lists),
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


def _cold(question: Question, lists: Int64) -> Figures:
    """What they get of whom little is known, and how often what few have taken is found."""
    figures: Figures = {}
    for most in _FEW:
        few = np.flatnonzero(question.histories.lengths <= most)
        if len(few):
            figures[f"users_up_to_{most}"] = len(few)
            figures[f"recall@{K}_up_to_{most}"] = accuracy(lists[few], question.asked.take(few))[
                f"recall@{K}"
            ]
    popularity = question.train.popularity()
    met = np.where(hits(lists, question.asked), lists, -1)
    for most in _RARE:
        rare = (popularity > 0) & (popularity <= most)
        if n := int(rare[question.asked.items].sum()):
            figures[f"asked_rare_{most}"] = n
            figures[f"found_rare_{most}"] = float(rare[met[met >= 0]].sum()) / n
    return figures


def draw_curve(
    path: str | Path, question: Question, recommender: Recommender, dataset: str, seed: int = 0
) -> Path:
    """The path of the SVG just written: `diversity_curve` of users drawn by `seed`, out of 100 items each."""
    asked = np.random.default_rng(seed).permutation(len(question.rows))[:_CURVE_USERS]
    histories, users = question.histories.take(asked), question.rows[asked]
    candidates = top_scored(recommender, histories, _POOL, users=users)
    curve = diversity_curve(candidates, question.asked.take(asked), question.vectors, K)
    return curve.write(path, dataset)


def _seconds(question: Question, recommender: Recommender) -> float:
    """Time on the clock of 1,000 users' lists, of fewer where there are not as many."""
    rows = question.rows[:_SPEED_USERS]
    histories = question.train.take(rows)
    start = time.perf_counter()
    top_k(recommender, histories, K, users=rows)
    return time.perf_counter() - start
