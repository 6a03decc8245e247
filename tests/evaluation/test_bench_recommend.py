import io
import json

import numpy as np
import pytest
from rich.console import Console

from shelfspace.data.interactions import Interactions
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_recommend import bench_recommend
from shelfspace.evaluation.bench_table import render
from shelfspace.evaluation.recommend_floors import item_knn, popularity

KEYS = ["recall@20", "ndcg@20", "coverage@20", "novelty@20", "diversity@20"]


def tastes(rng, n_users=150, n_items=100):
    """Users take half of the fifth of the shelf that is to their taste."""
    own = np.arange(n_users)[:, None] % 5 == np.arange(n_items)[None, :] % 5
    return np.nonzero(own & (rng.random(own.shape) < 0.5))


@pytest.fixture
def lists(tmp_path):
    rng = np.random.default_rng(0)
    users, items = tastes(rng)
    held = rng.random(len(users)) < 0.2
    for name, kept in (("train", ~held), ("test", held)):
        lines = [" ".join(map(str, [u, *items[kept & (users == u)]])) for u in range(150)]
        (tmp_path / f"{name}.txt").write_text("\n".join(lines))
    return tmp_path


def test_the_planted_taste_is_found_and_the_floors_stand_beside(lists):
    pytest.importorskip("implicit")
    result = bench_recommend(lists)
    assert list(result.metrics) == KEYS
    assert result.metrics["recall@20"] > 0.9
    assert set(result.floors) == {"popularity", "item_knn", "implicit_als", "implicit_bpr", "closed_form"}
    assert all(list(figures) == KEYS for figures in result.floors.values())
    assert result.floors["popularity"]["recall@20"] < 0.4
    assert result.floors["closed_form"]["recall@20"] > 0.9
    assert result.data["closed_form_cpu_seconds"] > 0
    assert result.cpu_seconds >= result.data["closed_form_cpu_seconds"]
    assert json.loads(result.to_json())["task"] == "recommend"


def test_a_log_with_times_is_split_at_one_moment(tmp_path):
    rng = np.random.default_rng(1)
    users, items = tastes(rng)
    times = rng.permutation(len(users)) + 880_000_000
    rows = [f"u{u},i{i},5,{t}" for u, i, t in zip(users, items, times, strict=True)]
    rows += [f"late{n},i{n},5,{990_000_000 + n}" for n in range(3)]
    (tmp_path / "reviews.csv").write_text("\n".join(rows))
    result = bench_recommend(tmp_path, preset="fast")
    assert result.metrics["recall@20"] > 0.8
    assert result.data["new_users"] == 3
    assert 0 <= result.data["new_users_recall@20"] <= 1
    assert result.data["test_events"] == pytest.approx(len(rows) / 5, rel=0.1)


def test_it_is_shown_as_a_table(lists):
    result = bench("recommend", lists, preset="fast", how="random")
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(render(result))
    shown = console.export_text()
    assert f"{result.metrics['recall@20']:.4f}" in shown
    assert "closed form" in shown
    assert "100 items" in shown


def test_item_knn_is_the_cosine_of_items():
    log = Interactions.of_rows([0, 0, 1, 1, 2], [0, 1, 0, 1, 2], n_users=3, n_items=4)
    asked = Interactions.of_rows([0], [0], n_users=1, n_items=4)
    scores = item_knn(log).scores(asked)[0]
    assert scores[1] == pytest.approx(1, abs=1e-5)
    assert scores[2] < 1e-5
    assert popularity(log).scores(asked)[0].argsort()[::-1][:2].tolist() in ([0, 1], [1, 0])
    assert not item_knn(Interactions.empty(0, 3)).scores(Interactions.empty(1, 3)).any()


def test_cold_users_and_items_are_told_apart_and_the_curve_is_drawn(tmp_path):
    rng = np.random.default_rng(2)
    users, items = tastes(rng)
    for name, lines in (
        ("train", [*_lines(users, items), "150 5", "151 7 12", "152 100 0 5"]),
        ("test", ["150 10 15", "151 2 17 22", "0 100", *_lines([3], [8])]),
    ):
        (tmp_path / f"{name}.txt").write_text("\n".join(lines))
    drawn = tmp_path / "curve.svg"
    result = bench_recommend(tmp_path, preset="fast", plot=drawn)
    assert result.data["users_up_to_1"] == 1
    assert result.data["users_up_to_2"] == 2
    assert result.data["recall@20_up_to_2"] > 0.5
    assert result.data["asked_rare_3"] == 1
    assert result.data["found_rare_3"] in (0, 1)
    assert "diversity@20" in drawn.read_text()


def _lines(users, items):
    return [" ".join(map(str, [u, *np.asarray(items)[np.asarray(users) == u]])) for u in np.unique(users)]
