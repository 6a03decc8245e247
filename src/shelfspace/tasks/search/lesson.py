"""What judged queries teach those who look closer: trees, and a cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shelfspace.tasks.match.trees import TreeScorer
from shelfspace.tasks.match.tuned import MOST_READ, TextModel
from shelfspace.tasks.search.signals import Float32, Looked, Reader
from shelfspace.tasks.search.stages import CrossJudge, TreeJudge, listing_texts

_ROUNDS, _BAG = 200, 2
_FEWEST_READ = 200  # pairs, below which a cross-encoder learns nothing


@dataclass(frozen=True)
class Lesson:
    """Training queries: their `texts`, the candidates `looked`, best first, and how well each fits.

    `gains` float32 `[m, width]`, 0 for what does not fit.
    """

    texts: Sequence[str]
    looked: Looked
    gains: Float32


def tree_judge(reader: Reader, lesson: Lesson, seed: int) -> TreeJudge | None:
    """Trees that learned from the best candidates; None where all of these fit, or none does."""
    there = (lesson.looked.rows[:, : TreeJudge.closer] >= 0).ravel()
    gains = lesson.gains[:, : TreeJudge.closer].ravel()[there].astype(np.float64)
    labels = (gains > 0).astype(np.int64)
    if not 0 < labels.sum() < len(labels):
        return None
    columns = TreeJudge.columns(reader, lesson.texts, lesson.looked)
    weights = np.where(labels > 0, gains, 1.0)
    weights[labels > 0] /= weights[labels > 0].mean()
    columns = {name: values[there] for name, values in columns.items()}
    return TreeJudge(TreeScorer.fit(columns, labels, seed=seed, weights=weights, bag=_BAG, rounds=_ROUNDS))


def cross_judge(reader: Reader, lesson: Lesson, text_model: TextModel | None) -> CrossJudge | None:
    """A cross-encoder that starts as `text_model` and learned from the best candidates of some queries.

    None without a model, and where there are too few candidates to learn from. Minutes on two cores.
    """
    if text_model is None:
        return None
    rows = lesson.looked.rows[:, : CrossJudge.closer]
    order = np.random.default_rng(text_model.seed).permutation(len(rows))
    many = np.cumsum((rows[order] >= 0).sum(axis=1))
    some = np.sort(order[: max(1, int(np.searchsorted(many, MOST_READ, side="right")))])
    queries, places = np.nonzero(rows[some] >= 0)
    if len(queries) < _FEWEST_READ:
        return None
    from shelfspace.training.cross import TextPairs, tune_cross

    fits = np.minimum(lesson.gains[some][queries, places], 1).astype(np.float64)
    asked = [lesson.texts[query] for query in some[queries].tolist()]
    pairs = TextPairs(asked, listing_texts(reader, rows[some][queries, places].tolist()), fits)
    label = "Tuning the cross-encoder of search"
    cross, _ = tune_cross(text_model.encoder, pairs, text_model.tuning, seed=text_model.seed, label=label)
    return CrossJudge(cross)
