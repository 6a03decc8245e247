"""The clustering benchmark: the offers of many vendors put together by product, without any label."""

from __future__ import annotations

from pathlib import Path

from shelfspace.evaluation.bench_result import BenchResult
from shelfspace.evaluation.cluster_floors import cluster_figures, cluster_floors
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.offer_folders import read_offer_folder
from shelfspace.tasks.clusters import clusters_of
from shelfspace.tasks.clusters.quality import quality
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.study import Preset


def bench_cluster(folder: str | Path, *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """`pairwise_f1`, `b3_f1` and `ari` of the clusters of a folder's offers, with floors.

    Titles and vendors are all that is read; the true clusters are looked at once, when all is decided. The
    seed is that of the encoder and of the made-up catalogues that teach the pair scorer. `data` adds what the
    clusters say of themselves. The costs are those of `fit` and of the clustering; each floor has its own.

    Raises `FeedError` where the folder has no offers.csv as `read_offer_folder` takes it.
    """
    offers = read_offer_folder(folder)
    with measured() as cost:
        space = fit(offers.catalog, preset=preset, seed=seed)
        found = clusters_of(space)
    result = BenchResult(
        task="cluster",
        dataset=offers.name,
        seed=seed,
        preset=preset,
        metrics=cluster_figures(offers.truth, found.labels),
        floors=cluster_floors(offers),
        n_train=0,
        labels=0.0,
        data={
            "vendors": len(offers.catalog.shops),
            "dropped_offers": offers.dropped,
            **{name: float(figure) for name, figure in quality(found, space.pairs).items()},
        },
    )
    return result.costing(cost)
