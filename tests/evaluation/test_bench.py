from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from shelfspace import __version__
from shelfspace.errors import OptionError
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_result import BenchResult, over_seeds
from shelfspace.evaluation.bench_table import render
from shelfspace.evaluation.cost import measured

CONTRACT = [
    *("task", "dataset", "seed", "preset", "metrics", "floors"),
    *("cpu_seconds", "wall_seconds", "peak_mib", "n_train", "version"),
]


@pytest.fixture(scope="module")
def matched(tables: Path) -> BenchResult:
    return bench("match", tables, preset="fast")


def printed(result: BenchResult) -> str:
    screen = io.StringIO()
    Console(width=120, file=screen).print(render(result))
    return screen.getvalue()


def test_a_match_run_gives_every_figure_of_the_contract(matched: BenchResult) -> None:
    written = json.loads(matched.to_json())
    assert all(name in written for name in CONTRACT)
    assert "seeds" not in written
    assert list(written["metrics"]) == [
        *("precision", "recall", "f1"),
        *("f1_pair", "f1_table", "f1_known", "ece"),
    ]
    assert all(0 <= value <= 1 for value in written["metrics"].values())
    assert written["metrics"]["f1"] == written["metrics"]["f1_known"] > 0.8
    assert (written["task"], written["dataset"], written["seed"]) == ("match", "two-shops", 0)
    assert (written["preset"], written["version"], written["labels"]) == ("fast", __version__, 1.0)
    assert written["n_train"] > 100
    assert written["cpu_seconds"] > 0 < written["wall_seconds"]
    assert written["peak_mib"] > 50


def test_the_table_sets_the_model_beside_its_floors(matched: BenchResult) -> None:
    text = printed(matched)
    for words in (
        "match · two-shops",
        "shelfspace",
        "tfidf margin",
        "f1 known",
        "known match",
        "CPU seconds",
    ):
        assert words in text
    assert "nan" not in text
    assert "±" not in text


def test_the_overlap_of_test_and_train_is_told(matched: BenchResult) -> None:
    assert matched.data["test_pairs"] > matched.data["test_pairs_with_known_match"] > 0
    assert matched.data["dropped_pairs"] == 0


def test_without_labels_there_is_one_figure_and_nothing_to_train_on(tables: Path) -> None:
    result = bench("match", tables, preset="fast", labels="none")
    assert list(result.metrics) == ["precision", "recall", "f1", "ece"]
    assert result.metrics["f1"] > 0.6
    assert result.n_train == result.labels == 0
    assert "no labels" in printed(result)


def test_one_context_of_few_labels_is_measured_alone(tables: Path) -> None:
    result = bench("match", tables, preset="fast", labels=0.5, contexts=["pair"])
    assert list(result.metrics) == ["precision", "recall", "f1", "f1_pair", "ece"]
    assert result.metrics["f1"] == result.metrics["f1_pair"]
    assert "(50% of them)" in printed(result)


@pytest.mark.parametrize("labels", ["all", "none"])
def test_a_block_run_gives_recall_at_every_depth(tables: Path, labels: str) -> None:
    result = bench("block", tables, preset="fast", labels=labels)
    recalls = [result.metrics[f"recall@{k}"] for k in (1, 5, 10, 20)]
    assert recalls == sorted(recalls)
    assert recalls[2] > 0.8
    assert list(result.metrics)[4:] == ["candidates_per_second"]
    assert result.metrics["candidates_per_second"] > 0
    assert result.data["all_positives"] == 72
    assert set(result.floors) == {"tfidf", "bm25"}
    assert "recall@10" in printed(result)


def test_a_match_starts_from_another_folder(tables: Path) -> None:
    result = bench("match", tables, preset="fast", labels="none", init=tables)
    assert result.metrics["f1"] > 0.6
    assert result.to_dict()["init"] == "two-shops"
    assert "two-shops had taught" in printed(result)
    with pytest.raises(OptionError, match="given init"):
        bench("block", tables, init=tables)


def test_a_recall_asked_for_is_met_beside_floors_with_the_same_target(tables: Path) -> None:
    result = bench("block", tables, preset="fast", recall=0.9)
    assert list(result.metrics)[:3] == ["recall", "candidates_per_product", "reduction_ratio"]
    assert result.metrics["recall"] >= 0.8
    assert result.data["recall_at_least"] >= result.data["recall_asked"] == 0.9
    assert set(result.floors) <= {"tfidf", "tfidf_margin", "bm25"}
    for figures in [result.metrics, *result.floors.values()]:
        per_product = result.data["right_products"] * (1 - figures["reduction_ratio"])
        assert figures["candidates_per_product"] == pytest.approx(per_product)
    assert "Asked for recall 0.9" in printed(result)
    with pytest.raises(OptionError, match="given recall"):
        bench("match", tables, recall=0.9)


def test_a_pool_of_offers_is_benched_without_finding_copies(offers: Path) -> None:
    assert bench("block", offers, preset="fast").metrics["recall@20"] > 0.8


def test_seeds_give_means_their_spread_and_every_run(matched: BenchResult) -> None:
    other = replace(
        matched, seed=1, metrics={**matched.metrics, "f1": matched.metrics["f1"] - 0.1}, peak_mib=1
    )
    both = over_seeds([matched, other])
    assert both.seed == [0, 1]
    assert both.metrics["f1"] == pytest.approx(matched.metrics["f1"] - 0.05)
    assert both.seeds["mean"] == both.metrics
    assert both.seeds["spread"]["f1"] == pytest.approx(0.1 / np.sqrt(2))
    assert both.seeds["spread"]["f1_pair"] == 0
    assert [run["seed"] for run in both.seeds["runs"]] == [0, 1]
    assert both.peak_mib == matched.peak_mib
    assert both.floors == matched.floors
    assert json.loads(both.to_json())["seeds"]["runs"][1]["metrics"] == other.metrics
    assert "seeds 0, 1" in printed(both)
    assert "±" in printed(both)
    assert over_seeds([matched]) is matched


def test_an_unknown_task_and_no_seed_are_refused(tables: Path) -> None:
    with pytest.raises(OptionError, match="match, block"):
        bench("juggle", tables)
    with pytest.raises(OptionError, match="one seed at least"):
        bench("match", tables, seeds=[])


@pytest.mark.parametrize(
    ("options", "known"),
    [
        ({"contexts": []}, "pair, table, known"),
        ({"contexts": ["pair", "all"]}, "pair, table, known"),
        ({"preset": "slow"}, "fast, balanced, best"),
        ({"labels": "few"}, "between 0 and 1"),
    ],
)
def test_impossible_options_are_refused_before_any_work(tmp_path: Path, options: dict, known: str) -> None:
    with pytest.raises(OptionError, match=known):
        bench("match", tmp_path / "missing", **options)


def test_cost_counts_work_and_not_sleep() -> None:
    with measured() as cost:
        sum(range(2_000_000))
    assert 0 < cost.cpu_seconds <= cost.wall_seconds + 0.1
    assert cost.peak_mib > 10


BENCHMARKS = os.environ.get("SHELFSPACE_BENCHMARKS", "")


@pytest.mark.benchmark
@pytest.mark.skipif(not BENCHMARKS, reason="SHELFSPACE_BENCHMARKS names no folder with the public data")
@pytest.mark.parametrize(
    ("name", "pair", "known", "unlabelled", "recall"),
    [("abt-buy", 0.93, 0.96, 0.90, 0.995), ("amazon-google", 0.75, 0.835, 0.72, 0.985)],
)
def test_public_data_gives_the_figures_aimed_at(
    name: str, pair: float, known: float, unlabelled: float, recall: float
) -> None:
    folder = Path(BENCHMARKS) / "match" / name
    result = bench("match", folder, seeds=[0, 1, 2])
    assert result.metrics["f1_pair"] >= pair
    assert result.metrics["f1"] >= known
    assert result.cpu_seconds <= 180
    assert bench("match", folder, seeds=[0, 1, 2], labels="none").metrics["f1"] >= unlabelled
    assert bench("block", folder, seeds=[0, 1, 2]).metrics["recall@10"] >= recall


def test_products_left_out_are_measured_apart(offers: Path) -> None:
    result = bench("match", offers, preset="fast", contexts=["known"], unseen=0.5)
    assert {"f1_seen", "f1_unseen"} <= set(result.metrics)
    assert all(0 <= value <= 1 for value in result.metrics.values())
    assert "50% of the test's products were left out" in printed(result)
    with pytest.raises(OptionError, match="share from 0"):
        bench("match", offers, preset="fast", unseen=1.0)
