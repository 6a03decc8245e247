import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.evaluation.bench_search import bench_search
from shelfspace.evaluation.bench_table import render
from shelfspace.evaluation.search_figures import code_queries, search_figures
from shelfspace.tasks.search.judged import Judged


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    rng = np.random.default_rng(0)
    words = [f"{a}{b}" for a in ("mar", "tol", "vex", "qui") for b in ("ino", "ade", "urt", "ola", "eps")]
    rows = []
    for cluster in range(150):
        name = " ".join(rng.choice(words, 3, replace=False))
        for vendor in range(3):
            noise = " ".join(rng.choice(["new", "sale", "uk", "free", "black"], 2))
            title = f"{name} zx-{cluster + 100} {noise}"
            rows.append({"title": title, "vendor": f"v{vendor}", "cluster": cluster})
    pl.DataFrame(rows).write_csv(folder / "offers.csv")
    return folder


def test_the_bench_prints_the_model_beside_its_floors(folder, capsys):
    result = bench_search(folder, preset="fast")
    assert result.task == "search"
    assert {"tfidf", "bm25"} <= set(result.floors)
    assert {"ndcg@10", "recall@10", "exact_code_first", "untaught_ndcg@10"} <= set(result.metrics)
    assert result.metrics["ndcg@10"] > 0.95
    assert result.metrics["exact_code_first"] >= 0.99
    assert result.n_train > 50
    from rich.console import Console

    Console(width=120).print(render(result))
    assert "queries to learn from" in capsys.readouterr().out


def test_figures_of_a_ranking():
    judged = Judged.of(["a", "b"], [np.array([0, 1]), np.array([2])])
    found = search_figures(judged, np.array([[0, 1, 5], [5, 2, -1]]))
    assert found["ndcg@10"] == pytest.approx((1 + 1 / np.log2(3)) / 2)
    assert found["recall@10"] == 1
    assert search_figures(Judged.of([], []), np.zeros((0, 10), np.int64)) == {"ndcg@10": 0, "recall@10": 0}


def test_codes_are_asked_as_they_are_written_and_only_where_one_product_has_them():
    titles = ["Sony WH-1000XM4 black", "Sony WH-1000XM5", "Sony WH-1000XM5 again", "plain words"]
    table = pl.DataFrame({"shop": "s", "id": ["a1", "a2", "a3", "a4"], "title": titles})
    found = dict(code_queries(Catalog.from_table(table), 20, np.random.default_rng(0)))
    assert found["wh-1000xm4"].tolist() == [0]
    assert "wh-1000xm5" not in found
    assert found["a3"].tolist() == [2]
