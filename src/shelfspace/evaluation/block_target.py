"""A recall asked for: what a blocking rule reaches on test pairs, beside plain methods with this target."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.errors import OptionError
from shelfspace.evaluation.floors import Figures, Rows, bm25_rows, fields, tfidf_rows
from shelfspace.evaluation.folders import PairFolder
from shelfspace.evaluation.rankings import ranks_in
from shelfspace.tasks.match.blocking import SHARES, WIDE, Mixture, nearness
from shelfspace.tasks.match.candidates import PairRows, lexical_pairs, neighbour_pairs
from shelfspace.tasks.match.matcher import matcher_of, with_blocking
from shelfspace.tasks.match.recall import promise
from shelfspace.tasks.match.study import MatchStudy

_DEEPEST = 200  # neighbours a plain method may need


def reached(study: MatchStudy, folder: PairFolder, recall: float, seed: int) -> tuple[Figures, Figures]:
    """What the rule of the study for this recall gives on the test positives, and what it had promised.

    Raises `OptionError` where so much cannot be promised.
    """
    blocked = with_blocking(matcher_of(study, seed=seed), study).blocked(recall)
    promised = {
        "recall_asked": recall,
        "recall_expected": blocked.promise.recall,
        "recall_at_least": blocked.promise.lower,
        "held_out_matches": blocked.promise.held_out,
    }
    return _figures(folder, blocked.pairs), promised


def target_floors(folder: PairFolder, recall: float) -> dict[str, Figures]:
    """The same figures of the plain methods, fitted to the same recall on training and validation positives.

    `tfidf` and `bm25` take each left product's k nearest, the least k that meets the target with the same
    confidence; `tfidf_margin` cuts TF-IDF beside rivals as the rule does. Each reads names alone or all that
    is said, whichever needs fewer candidates. One that cannot meet the target is left out.
    """
    known = PairRows.union([folder.train.matches, folder.valid.matches])
    found: dict[str, PairRows] = {}
    for texts in fields(folder):
        tfidf, bm25 = tfidf_rows(texts), bm25_rows(texts)
        tries: list[tuple[str, Callable[[], PairRows]]] = [
            ("tfidf", lambda rows=tfidf: _nearest(folder, rows, known, recall)),  # type: ignore[misc]
            ("tfidf_margin", lambda rows=tfidf: _margin(folder, rows, known, recall)),  # type: ignore[misc]
            ("bm25", lambda rows=bm25: _nearest(folder, rows, known, recall)),  # type: ignore[misc]
        ]
        for name, attempt in tries:
            try:
                pairs = attempt()
            except OptionError:
                continue
            if name not in found or len(pairs) < len(found[name]):
                found[name] = pairs
    return {name: _figures(folder, pairs) for name, pairs in found.items()}


def _nearest(folder: PairFolder, rows: Rows, known: PairRows, recall: float) -> PairRows:
    """Each left product's k nearest, with the least k that meets the recall."""
    left, right = folder.left_rows, folder.right_rows
    near = lexical_neighbours(rows.queries[left], rows.items[right], min(_DEEPEST, len(right)))
    pairs = neighbour_pairs(near, left, right)
    ranks = ranks_in(pairs, known)
    cut = promise(np.where(ranks < 0, -np.inf, -ranks.astype(np.float64)), recall).cut
    return pairs.take(ranks_in(pairs, pairs) <= -cut)


def _margin(folder: PairFolder, rows: Rows, known: PairRows, recall: float) -> PairRows:
    """The pairs whose cosine, less a share of their rivals', is not below the cut that meets the recall."""
    pool = lexical_pairs(rows.items, folder.left_rows, folder.right_rows, WIDE)
    cosine = rows.scores(pool).astype(np.float64)
    place = np.minimum(np.searchsorted(pool.keys(), known.keys()), max(len(pool) - 1, 0))
    there = known.within(pool)
    chosen = []
    for share in SHARES:
        near = nearness(Mixture(1.0, share), (cosine, cosine), pool)
        cut = promise(np.where(there, near[place], -np.inf), recall).cut
        chosen.append(pool.take(near >= cut))
    return min(chosen, key=len)


def _figures(folder: PairFolder, pairs: PairRows) -> Figures:
    n_left, n_right = len(folder.left_rows), len(folder.right_rows)
    return {
        "recall": float(folder.test.matches.within(pairs).mean()) if len(folder.test.matches) else 0.0,
        "candidates_per_product": len(pairs) / max(n_left, 1),
        "reduction_ratio": 1 - len(pairs) / max(n_left * n_right, 1),
    }
