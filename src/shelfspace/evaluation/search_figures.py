"""The figures of ranked answers to judged queries, and of queries that name one product exactly."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.tokens import Int64, normalise
from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.metrics import ndcg_at_k
from shelfspace.tasks.match.facts import codes_of, squashed
from shelfspace.tasks.search.judged import Judged

_CHUNK = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
_SHORTEST = 4  # characters of a code that is asked for


def search_figures(judged: Judged, found: Int64) -> Figures:
    """`ndcg@10` and `recall@10`, means over the queries, of the rows `found` `[m, 10]`, best first.

    Recall is the share of the fitting products among the ten, so with more than ten it cannot be 1.
    """
    gains = judged.gains(found[:, :10])
    n = np.maximum(np.diff(judged.starts), 1)
    return {
        "ndcg@10": ndcg_at_k(gains, judged.ideal(10), 10) if len(judged) else 0.0,
        "recall@10": float(((gains > 0).sum(axis=1) / n).mean()) if len(judged) else 0.0,
    }


def code_queries(catalog: Catalog, most: int, rng: np.random.Generator) -> list[tuple[str, Int64]]:
    """Up to `most` queries that are a code, as it is written, and the rows of the products that bear it.

    Half are ids, gtins and part numbers, the other half codes with letters and digits that one title alone
    holds.
    """
    titles = [normalise(title or "") for title in catalog.table["title"]]
    codes = [codes_of(title) for title in titles]
    listings = Counter(code for each in codes for code in each)
    whole = [squashed(title) for title in titles]
    found: list[tuple[str, Int64]] = []
    for row in rng.permutation(len(titles)).tolist():
        if len(found) >= most // 2:
            break
        for chunk in _CHUNK.findall(titles[row]):
            code = squashed(chunk)
            mixed = re.search(r"\d", code) and re.search(r"[a-z]", code)
            alone = listings[code] == 1 and sum(code in text for text in whole) == 1
            if mixed and len(code) >= _SHORTEST and code in codes[row] and alone:
                found.append((chunk, np.array([row], np.int64)))
                break
    numbers: dict[str, list[int]] = {}
    for name in ("id", "gtin", "mpn"):
        for row, value in enumerate(catalog.table[name]):
            if value is not None:
                numbers.setdefault(value, []).append(row)
    chosen = rng.permutation(list(numbers))[: most // 2]
    return found + [(str(number), np.array(numbers[str(number)], np.int64)) for number in chosen]
