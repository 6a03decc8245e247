from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_table import render
from shelfspace.evaluation.group_floors import group_figures, group_floors
from shelfspace.tasks.clusters import teacher

FIGURES = {"ari", "v_measure", "b3_f1", "pairwise_f1", "purity", "homogeneity", "completeness"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Titles of two words that fifteen of four classes hold, so that many have none in common."""
    monkeypatch.setattr(teacher, "WORLDS", ((120, 3, 1.6, True),))
    monkeypatch.setattr(teacher, "_ROUNDS", 20)
    rng = np.random.default_rng(0)
    kinds = np.arange(400) % 4
    titles = [
        " ".join(f"kind{kind}way{place}" for place in rng.choice(15, 3, replace=False)) for kind in kinds
    ]
    table = pl.DataFrame({"title": titles, "category": [f"c{kind}" for kind in kinds]})
    table.write_csv(tmp_path / "things.csv")
    return tmp_path


def test_it_stands_beside_the_plain_methods(folder: Path) -> None:
    result = bench("group", folder, preset="fast", seeds=[0, 1])
    assert set(result.metrics) == FIGURES
    assert set(result.floors) == {"random", "tfidf_kmeans", "tfidf_svd_kmeans"}
    for floor in result.floors.values():
        assert set(floor) == FIGURES | {"cpu_seconds"}
    assert result.metrics["ari"] > 0.95
    assert result.metrics["ari"] >= result.floors["tfidf_kmeans"]["ari"] > result.floors["random"]["ari"]
    told = json.loads(result.to_json())
    assert told["data"]["classes"] == 4
    assert set(told["data"]) >= {"groups_coarse", "ari_fine", "v_measure_medium", "silhouette", "stability"}
    console = Console(record=True, width=140)
    console.print(render(result))
    assert "400 things of 4 classes in 4 groups; no labels." in console.export_text()


def test_figures_of_the_truth_itself_are_1_and_of_chance_near_0() -> None:
    truth = np.arange(600) % 5
    assert set(group_figures(truth, truth).values()) == {1.0}
    floors = group_floors([f"word{row % 5} more" for row in range(600)], truth, 5, seed=0)
    assert abs(floors["random"]["ari"]) < 0.02
    assert floors["tfidf_kmeans"]["ari"] == 1
