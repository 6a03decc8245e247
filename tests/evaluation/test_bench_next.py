import io
import json

import numpy as np
import pytest
from rich.console import Console

from shelfspace.data.interactions import Interactions
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_next import bench_next, next_figures, product_vectors
from shelfspace.evaluation.bench_table import render
from shelfspace.evaluation.next_floors import next_floors
from shelfspace.tasks.recommend.continuations import Continuations, target_ranks

N = 40


def walks(n_users=250, seed=0):
    """Everybody walks round a circle of items, numbered from 1."""
    rng = np.random.default_rng(seed)
    return [
        [(first + step) % N + 1 for step in range(length)]
        for first, length in zip(rng.integers(0, N, n_users), rng.integers(4, 9, n_users), strict=True)
    ]


@pytest.fixture
def sequences(tmp_path):
    folder = tmp_path / "round"
    folder.mkdir()
    lines = [f"{user} {' '.join(map(str, items))}" for user, items in enumerate(walks(), 1)]
    (folder / "round.txt").write_text("\n".join(lines))
    attributes = {str(item): [item % 8, 100 + item // 8] for item in range(1, N + 1)}
    (folder / "round_item2attributes.json").write_text(json.dumps(attributes))
    return folder


@pytest.fixture
def sessions(tmp_path):
    (tmp_path / "train_sessions.txt").write_text("\n".join(" ".join(map(str, one)) for one in walks(400)))
    tests = [f"{' '.join(map(str, one[:-1]))}\t{one[-1]}" for one in walks(50, 1)]
    (tmp_path / "test.txt").write_text("\n".join(tests))
    return tmp_path


def test_a_circle_is_walked_on_and_the_floors_do_not(sequences):
    result = bench("next", sequences, preset="fast")
    assert list(result.metrics) == ["hr@5", "hr@10", "hr@20", "ndcg@5", "ndcg@10", "ndcg@20", "mrr@20"]
    assert result.metrics["mrr@20"] > 0.9 and result.task == "next" and result.dataset == "round"
    assert set(result.floors) == {"popularity", "item_knn"}
    assert result.floors["popularity"]["hr@10"] < 0.5 < result.metrics["hr@5"]
    assert result.data["repeats_kept"] == 0 and result.data["asked"] == 250
    for name in ("hr@10_attributes", "hr@10_rare_5_attributes", "hr@10_valid_added", "hr@10_last_1"):
        assert 0 <= result.data[name] <= 1
    assert result.cpu_seconds > 0
    shown = io.StringIO()
    Console(file=shown, width=200).print(render(result))
    text = shown.getvalue()
    assert "with attributes" in text and "The transformer alone" in text and "item knn" in text
    json.loads(result.to_json())


def test_sessions_are_measured_at_their_prefixes(sessions):
    result = bench_next(sessions, preset="fast")
    assert result.metrics["mrr@20"] > 0.9 and set(result.floors) == {"popularity", "item_knn", "session_knn"}
    assert "hr@10_attributes" not in result.data and "hr@20_up_to_2" in result.data


def test_figures_of_known_places():
    found = next_figures(np.array([0, 7, 15, 99]))
    assert (found["hr@5"], found["hr@10"], found["hr@20"]) == (0.25, 0.5, 0.75)
    assert found["mrr@20"] == pytest.approx((1 + 1 / 8 + 1 / 16) / 4)
    assert found["ndcg@5"] == 0.25 and found["ndcg@10"] == pytest.approx((1 + 1 / np.log2(9)) / 4)
    assert set(next_figures(np.zeros(0, np.int64)).values()) == {0.0}


def test_floors_do_what_they_say():
    log = Interactions(5, np.array([0, 2, 4, 6, 7]), np.array([0, 1, 0, 1, 2, 1, 3]))
    floors = next_floors(log, sessions=True)
    asked = Continuations(Interactions(5, np.array([0, 1, 3]), np.array([2, 3, 0])), np.array([1, 1]))
    assert target_ranks(floors["item_knn"], asked).tolist() == [0, 0]
    assert target_ranks(floors["popularity"], asked).tolist() == [0, 0]
    assert target_ranks(floors["session_knn"], asked).tolist() == [0, 0]


def test_products_of_like_attributes_lie_near():
    from scipy import sparse

    attributes = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]], np.float32))
    vectors = product_vectors(attributes)
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-4)
    assert abs(vectors[0] @ vectors[2]) < 1e-4 and not vectors[3].any()
