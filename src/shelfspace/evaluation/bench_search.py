"""The search benchmark: what a space finds for queries whose answers are known, beside BM25 and TF-IDF."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from shelfspace.encoders.tokens import Int64
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.search_figures import code_queries, search_figures
from shelfspace.evaluation.search_floors import search_floors
from shelfspace.evaluation.search_folders import SearchFolder, read_search_folder
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.learn import learn_ranking, look_all
from shelfspace.tasks.search.ranking import Ranking
from shelfspace.tasks.search.signals import SIGNALS, Reader, reader_of
from shelfspace.tasks.search.stages import TOLD
from shelfspace.tasks.search.taught import untaught

_CODES = 300
_K = 10


def bench_search(folder: str | Path, *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """`ndcg@10` and `recall@10` of the test queries of a folder, and `exact_code_first`, with floors.

    `exact_code_first` is the share of queries that are a code of one product, of which this product comes
    first. Training queries teach the ranking and validation queries choose it; see `read_search_folder` for
    what they are. `untaught_…` are the figures of the same space without any query to learn from.

    Raises `FeedError` where the folder cannot be read.
    """
    data = read_search_folder(folder, seed=seed)
    with measured() as cost:
        space = fit(data.catalog, preset=preset, seed=seed)
        reader = reader_of(space)
        ranking = learn_ranking(reader, data.train, data.valid, seed=seed)
        metrics = search_figures(data.test, answers(reader, ranking, data.test))
    alone = search_figures(data.test, answers(reader, untaught(reader, seed=seed), data.test))
    metrics |= {f"untaught_{name}": value for name, value in alone.items()}
    metrics["exact_code_first"] = _exact(reader, ranking, data, seed)
    result = BenchResult(
        task="search",
        dataset=data.name,
        seed=seed,
        preset=preset,
        metrics=metrics,
        floors=search_floors(data),
        n_train=len(data.train),
        data={
            "products": float(len(data.catalog)),
            "asked": float(len(data.test)),
            "dropped_products": float(data.dropped),
            "least_relevance": ranking.least,
            **_weights(ranking),
        },
    )
    return result.costing(cost)


def answers(reader: Reader, ranking: Ranking, judged: Judged) -> Int64:
    """The rows of the ten best answers to each query, `[m, 10]`, -1 for none."""
    looked = look_all(reader, judged, ranking.query_words)
    ranked, _ = ranking.ranked(reader, judged.texts, looked)
    return ranked.rows[:, :_K]


def _exact(reader: Reader, ranking: Ranking, data: SearchFolder, seed: int) -> float:
    queries = code_queries(data.catalog, _CODES, np.random.default_rng(seed))
    if not queries:
        return 1.0
    asked = Judged.of([text for text, _ in queries], [rows for _, rows in queries])
    first = answers(reader, ranking, asked)[:, :1]
    return float((asked.gains(first) > 0).mean())


def _weights(ranking: Ranking) -> Figures:
    """What each signal counts, and what the trees count beside their sum; 0 for what was not taken."""
    trees = [stage.weighing.weights[TOLD] for stage in ranking.stages]
    weights = {f"weight_{name}": ranking.first.weights.get(name, 0.0) for name in SIGNALS}
    return {**weights, "weight_trees": trees[0] if trees else 0.0}
