from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from shelfspace.data.synthetic import many_shops
from shelfspace.errors import FeedError
from shelfspace.evaluation import cluster_floors, cluster_packages
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_table import render
from shelfspace.evaluation.cluster_edges import Edges, Runs, best_threshold
from shelfspace.evaluation.offer_folders import read_offer_folder
from shelfspace.tasks.clusters import teacher

PRICERUNNER = Path("../shared/data/match/pricerunner")


@pytest.fixture(autouse=True)
def small_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teacher, "WORLDS", ((150, 3, 1.6, True), (80, 12, 4.0, False)))
    monkeypatch.setattr(teacher, "_ROUNDS", 40)
    monkeypatch.setattr(cluster_floors, "_made_up_threshold", lambda: 0.7)
    monkeypatch.setattr(cluster_floors, "installed", lambda name: False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offers")
    table = many_shops(90, 8, seed=3)
    table.select(
        pl.int_range(pl.len()).alias("product_id"),
        pl.col("title").alias("product_title"),
        pl.col("shop").alias("vendor_id"),
        pl.col("product").alias("cluster_id"),
    ).write_csv(folder / "offers.csv")
    return folder


def test_clusters_are_better_than_the_plain_methods(folder: Path) -> None:
    result = bench("cluster", folder, preset="fast")
    assert set(result.metrics) == {"pairwise_f1", "b3_f1", "ari"}
    assert result.metrics["pairwise_f1"] > result.floors["tfidf_components_oracle"]["pairwise_f1"]
    assert (
        result.floors["tfidf_components_oracle"]["pairwise_f1"]
        >= result.floors["tfidf_components"]["pairwise_f1"]
    )
    assert json.loads(result.to_json())["labels"] == 0
    console = Console(record=True, width=120)
    console.print(render(result))
    told = console.export_text()
    assert "8 vendors" in told
    assert "Not measured, for it is not installed: splink" in told


def test_titles_and_vendors_are_all_that_is_read(folder: Path) -> None:
    offers = read_offer_folder(folder)
    assert "cluster" not in offers.catalog.table.columns
    assert len(offers.truth) == len(offers.catalog)
    assert len(np.unique(offers.truth)) == 90
    assert offers.dropped == 0


@pytest.mark.parametrize("content", [None, "id,title\n1,lamp\n", ""])
def test_other_folders_are_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "offers.csv").write_text(content)
    with pytest.raises(FeedError, match=r"offers\.csv"):
        read_offer_folder(tmp_path)


def test_components_of_edges_and_the_best_threshold() -> None:
    edges = Edges(4, np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([0.9, 0.2, 0.8]))
    assert len(set(edges.components(0.5).tolist())) == 2
    assert 0.2 < best_threshold(edges, np.array([0, 0, 1, 1])) <= 0.8
    nothing = Edges(2, *(np.zeros(0, np.int64),) * 2, np.zeros(0))
    assert best_threshold(nothing, np.array([0, 1])) == 1
    runs = Runs({0.9: np.array([0, 0, 2]), 0.8: np.array([0, 0, 0])})
    assert best_threshold(runs, np.array([1, 1, 3])) == 0.9


TITLES = [
    "acme drill 18v x100",
    "acme drill 18v x100 blue",
    "garden chair oak 77",
    "zeta oven 60 l",
    "acme drill 18v x100",
]


@pytest.mark.skipif(not cluster_packages.installed("semhash"), reason="needs the extra bench")
def test_semhash_groups_equal_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_packages, "installed", lambda name: False)
    groups = cluster_packages.semhash_runs(TITLES).components(cluster_packages.SEMHASH_THRESHOLD)
    assert groups[0] == groups[4]
    assert len({groups[0], groups[2], groups[3]}) == 3


@pytest.mark.benchmark
@pytest.mark.skipif(not PRICERUNNER.is_dir(), reason="needs the public data")
def test_the_public_offers_are_read_whole() -> None:
    offers = read_offer_folder(PRICERUNNER)
    assert len(offers.catalog) == 35_311
    assert len(offers.catalog.shops) == 306
