"""Floors: the plain methods anyone would try first, on the very pairs and tables the model is tried on.

Each floor reads either the names alone or all that is said, whichever does better on the validation pairs,
and takes its threshold from them too: so it gets what a careful user would give it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.lexical import lexical_neighbours, paired_products
from shelfspace.encoders.listing import Listings
from shelfspace.evaluation.folders import PairFolder
from shelfspace.evaluation.metrics import f1_threshold, precision_recall_f1, recall_at_k
from shelfspace.evaluation.rankings import DEPTHS, ranks_in, recalls
from shelfspace.tasks.match.candidates import K, PairRows, lexical_pairs, neighbour_pairs
from shelfspace.tasks.match.context import rivals
from shelfspace.tasks.match.labelled import LabelledPairs

Figures = dict[str, float]
Scores = npt.NDArray[np.floating[Any]]
Scorer = Callable[[PairRows], Scores]

_K1, _B = 1.2, 0.75  # of BM25, as Robertson and Zaragoza 2009 advise
# A word is a run of letters and digits, or one character of a script that leaves no spaces.
_WORD = r"(?u)[\u0e00-\u0eff\u3040-\u9fff\uf900-\uf9ff]|[^\W\u0e00-\u0eff\u3040-\u9fff\uf900-\uf9ff]+"


@dataclass(frozen=True)
class Rows:
    """Sparse rows of all listings: a pair's score is the product of `queries[left]` and `items[right]`."""

    queries: Any
    items: Any

    def scores(self, pairs: PairRows) -> Scores:
        """The score of every pair, float32 `[m]`."""
        return paired_products(self.queries[pairs.left], self.items[pairs.right])


@dataclass(frozen=True)
class Decider:
    """A scorer with the threshold that does best on validation pairs, and how well it does there."""

    scorer: Scorer
    threshold: float
    valid_f1: float

    @classmethod
    def of(cls, scorer: Scorer, valid: LabelledPairs) -> Decider:
        """The decider of a scorer; it looks at validation labels only."""
        scores = np.asarray(scorer(valid.pairs), np.float64)
        threshold = f1_threshold(scores, valid.labels)
        return cls(scorer, threshold, precision_recall_f1(valid.labels, scores >= threshold).f1)

    def decisions(self, pairs: PairRows) -> npt.NDArray[np.bool_]:
        """Which of the pairs it takes for matches, bool `[m]`."""
        return np.asarray(self.scorer(pairs), np.float64) >= self.threshold


def match_floors(folder: PairFolder) -> dict[str, Figures]:
    """Precision, recall and F1 on the test pairs of each floor, by its name.

    `tfidf` is the cosine of characters' TF-IDF, `tfidf_margin` how far that lies above the pair's rivals' in
    the whole tables, `jaccard` the share of common words, `bm25` the share of the left text's words found.
    """
    test = folder.test
    return {
        name: dict(precision_recall_f1(test.labels, called)._asdict())
        for name, called in match_decisions(folder).items()
    }


def match_decisions(folder: PairFolder) -> dict[str, npt.NDArray[np.bool_]]:
    """What each of the `match_floors` decides on the test pairs, bool `[m]`, having seen no test label."""
    tried: dict[str, list[Decider]] = {}
    for texts in fields(folder):
        for name, scorer in _scorers(folder, texts).items():
            tried.setdefault(name, []).append(Decider.of(scorer, folder.valid))
    chosen = {name: max(deciders, key=lambda one: one.valid_f1) for name, deciders in tried.items()}
    return {name: decider.decisions(folder.test.pairs) for name, decider in chosen.items()}


def block_floors(folder: PairFolder) -> dict[str, Figures]:
    """`recall@k` of the test positives of each floor, left to right: TF-IDF characters and BM25 words."""
    tried: dict[str, list[tuple[float, PairRows]]] = {}
    for texts in fields(folder):
        for name, rows in {"tfidf": tfidf_rows(texts), "bm25": bm25_rows(texts)}.items():
            ranked = _top(folder, rows)
            recall = recall_at_k(ranks_in(ranked, folder.valid.matches), 10)
            tried.setdefault(name, []).append((recall, ranked))
    chosen = {name: max(rankings, key=lambda one: one[0])[1] for name, rankings in tried.items()}
    return {name: recalls(ranks_in(ranked, folder.test.matches)) for name, ranked in chosen.items()}


def tfidf_rows(texts: Sequence[str]) -> Rows:
    """Unit rows of the TF-IDF of three to five characters within words: products are cosines."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32, lowercase=False
    )
    rows = vectorizer.fit_transform(texts)
    return Rows(rows, rows)


def bm25_rows(texts: Sequence[str]) -> Rows:
    """BM25 of words over what the query would score with itself: products are about 0…1."""
    counts = _word_counts(texts)
    n, lengths = counts.shape[0], np.asarray(counts.sum(axis=1)).ravel()
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    saturation = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1e-9))
    items, tf = counts.copy(), counts.data
    idf = np.log1p((n - df + 0.5) / (df + 0.5))[counts.indices]
    entry_saturation = np.repeat(saturation, np.diff(counts.indptr))
    items.data = (tf * (_K1 + 1) / (tf + entry_saturation) * idf).astype(np.float32)
    own = paired_products(counts, items)
    queries = counts.copy()
    queries.data = (tf / np.repeat(np.maximum(own, 1e-9), np.diff(counts.indptr))).astype(np.float32)
    return Rows(queries, items)


def jaccard(words: Any, pairs: PairRows) -> Scores:
    """|common words| / |all words| of every pair; `words` are rows of ones. 0 where both are empty."""
    size = np.diff(words.indptr)
    common = paired_products(words[pairs.left], words[pairs.right])
    return np.asarray(common / np.maximum(size[pairs.left] + size[pairs.right] - common, 1))


def _word_counts(texts: Sequence[str], *, binary: bool = False) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(token_pattern=_WORD, binary=binary, dtype=np.float32, lowercase=False)
    return vectorizer.fit_transform(texts)


def fields(folder: PairFolder) -> list[list[str]]:
    """All that is said of every listing, and the names alone; texts are normalised."""
    listings = Listings.of_catalog(folder.catalog)
    everything = [f"{name} {rest}" for name, rest in zip(listings.names, listings.details, strict=True)]
    return [everything, list(listings.names)] if any(listings.details) else [everything]


def _scorers(folder: PairFolder, texts: Sequence[str]) -> dict[str, Scorer]:
    tfidf = tfidf_rows(texts)
    return {
        "tfidf": tfidf.scores,
        "tfidf_margin": _margins(folder, tfidf),
        "jaccard": partial(jaccard, _word_counts(texts, binary=True)),
        "bm25": bm25_rows(texts).scores,
    }


def _margins(folder: PairFolder, rows: Rows) -> Scorer:
    candidates = lexical_pairs(rows.items, folder.left_rows, folder.right_rows, K)
    theirs = rows.scores(candidates)

    def margins(pairs: PairRows) -> Scores:
        scores = rows.scores(pairs)
        found = rivals((pairs.left, pairs.right, scores), (candidates.left, candidates.right, theirs))
        return found.margins(scores)

    return margins


def _top(folder: PairFolder, rows: Rows) -> PairRows:
    """Each left product's nearest right ones, best first, never itself."""
    left, right = folder.left_rows, folder.right_rows
    found = lexical_neighbours(rows.queries[left], rows.items[right], max(DEPTHS) + 1)
    return neighbour_pairs(found, left, right)
