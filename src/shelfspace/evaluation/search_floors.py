"""The floors of search: BM25 and TF-IDF cosine over the same texts, and the package bm25s where installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np

from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import Int64, normalise
from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.floors import bm25_rows, tfidf_rows
from shelfspace.evaluation.search_figures import search_figures
from shelfspace.evaluation.search_folders import SearchFolder
from shelfspace.tasks.search.judged import Judged

#: Ranks the texts `[n]` for each query: places of the k best, `[m, k]`, -1 for none.
Search = Callable[[Sequence[str], Sequence[str], int], Int64]

_K = 10


def search_floors(folder: SearchFolder) -> dict[str, Figures]:
    """`ndcg@10` and `recall@10` of the test queries by each floor.

    `tfidf` is the cosine of characters' TF-IDF, `bm25` that of words, `bm25s` the package with its defaults.
    Each reads names alone or all that is said, whichever does better on the validation queries.
    """
    tried = dict(_FLOORS)
    if find_spec("bm25s") is None:
        del tried["bm25s"]
    listings = Listings.of_catalog(folder.catalog)
    fields = [list(listings.names)]
    if any(listings.details):
        fields.append([f"{n} {d}" for n, d in zip(listings.names, listings.details, strict=True)])
    found = {}
    for name, floor in tried.items():
        best = fields[0]
        if len(fields) > 1:
            best = max(fields, key=lambda texts: _figures(floor, texts, folder.valid)["ndcg@10"])
        found[name] = _figures(floor, best, folder.test)
    return found


def _figures(floor: Search, texts: Sequence[str], judged: Judged) -> Figures:
    rows = np.arange(len(texts)) if judged.rows is None else judged.rows
    places = floor([texts[row] for row in rows], [normalise(text) for text in judged.texts], _K + 1)
    found = np.where(places >= 0, rows[places], -1)
    own = found == judged.own[:, None]
    order = np.argsort(own, axis=1, kind="stable")
    return search_figures(judged, np.take_along_axis(np.where(own, -1, found), order, axis=1)[:, :_K])


def _tfidf(texts: Sequence[str], queries: Sequence[str], k: int) -> Int64:
    rows = tfidf_rows([*texts, *queries])
    return lexical_neighbours(rows.queries[len(texts) :], rows.items[: len(texts)], k).ids


def _bm25(texts: Sequence[str], queries: Sequence[str], k: int) -> Int64:
    rows = bm25_rows([*texts, *queries])
    return lexical_neighbours(rows.queries[len(texts) :], rows.items[: len(texts)], k).ids


def _bm25s(texts: Sequence[str], queries: Sequence[str], k: int) -> Int64:
    import bm25s

    engine = bm25s.BM25()
    engine.index(bm25s.tokenize(list(texts), show_progress=False), show_progress=False)
    asked = bm25s.tokenize(list(queries), show_progress=False)
    found, _ = engine.retrieve(asked, k=min(k, len(texts)), show_progress=False, n_threads=1)
    return np.pad(found, ((0, 0), (0, k - found.shape[1])), constant_values=-1).astype(np.int64)


_FLOORS: dict[str, Search] = {"tfidf": _tfidf, "bm25": _bm25, "bm25s": _bm25s}
