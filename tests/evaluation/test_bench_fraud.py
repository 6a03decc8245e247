import json

import numpy as np
import pytest
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.errors import FeedError
from shelfspace.evaluation.bench_fraud import bench_fraud
from shelfspace.evaluation.fraud_folders import read_fraud_folder


@pytest.fixture
def folder(tmp_path):
    """200 accounts, every fifth a fraud, the last ten unused; one list of labels for each of two shares."""
    rng = np.random.default_rng(0)
    n = 200
    fraud = (np.arange(n) % 5 == 0).astype(np.int64)
    np.savetxt(tmp_path / "UserFeature.txt", rng.normal(0, 1, (n, 3)) + fraud[:, None])
    lines = [f"{1000 + row} {row + 1} {-10 if row >= 190 else fraud[row]}" for row in range(n)]
    (tmp_path / "UserLabel.txt").write_text("\n".join(["user_ID user_no label", *lines]) + "\n")
    chances = np.where(fraud[:, None] & fraud == 1, 0.3, 0.02)
    edges = np.argwhere(np.triu(rng.random((n, n)) < chances, 1)) + 1
    np.savetxt(tmp_path / "J01Network.txt", np.concatenate([edges, edges[:, ::-1]]), fmt="%d")
    for name, share in (("10percent", 0.2), ("50percent", 0.5)):
        shuffled = rng.permutation(190)
        (tmp_path / "splits" / name).mkdir(parents=True)
        for part, rows in (("train", shuffled[: int(190 * share)]), ("test", shuffled[int(190 * share) :])):
            table = np.stack([rows + 1, fraud[rows]], axis=1)
            np.savetxt(tmp_path / "splits" / name / f"{part}_1.csv", table, fmt="%d")
    return tmp_path


def test_lists_are_learned_and_judged_beside_floors(folder):
    done = CliRunner().invoke(app, ["bench", "fraud", str(folder), "--preset", "fast", "--json", "-"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["metrics"]["auroc"] > 0.9
    assert {"auroc_10%", "average_precision_50%", "recall@k", "precision@1%"} <= set(found["metrics"])
    floors = {"raw_trees", "raw_forest", "logistic_regression", "label_propagation", "isolation_forest"}
    assert floors | {"knn_distance", "degree"} <= set(found["floors"])
    assert found["data"] == {"accounts": 200, "features": 3, "edges": found["data"]["edges"], "lists": 2}


def test_a_graph_without_labels(tmp_path, planted_graph):
    np.savez(tmp_path / "made.npz", **planted_graph)
    result = bench_fraud(tmp_path, preset="fast")
    assert result.metrics["auroc"] > 0.85
    assert {"auroc_contextual", "auroc_structural"} <= set(result.metrics)
    assert {"misfit_alone", "density_alone", "isolation_forest", "degree"} <= set(result.floors)
    assert result.data["outliers"] == 22
    text = CliRunner().invoke(app, ["bench", "fraud", str(tmp_path / "made.npz"), "--preset", "fast"])
    assert "No labels." in text.output


@pytest.fixture
def planted_graph():
    """300 accounts in communities; a clique of 12 (structural) and 10 with foreign features (contextual)."""
    rng = np.random.default_rng(0)
    community = np.arange(300) % 3
    features = rng.normal(0, 0.5, (300, 6)) + 2 * np.eye(6)[community]
    features[20:30] = np.roll(features[20:30], 1, axis=1)
    chances = np.where(community[:, None] == community, 0.08, 0.002)
    edges = np.argwhere(np.triu(rng.random((300, 300)) < chances, 1))
    edges = np.concatenate([edges, np.argwhere(np.triu(np.ones((12, 12)), 1))])
    kinds = np.zeros(300, np.int64)
    kinds[:12], kinds[20:30] = 2, 1
    return {"x": features, "edge_index": edges.T, "y": kinds}


def test_numbers_of_accounts_are_read_as_rows(folder):
    read = read_fraud_folder(folder)
    assert read.accounts.ids[0] == "1000"
    assert [each.share for each in read.lists] == ["10%", "50%"]
    assert len(read.lists[0].train) + len(read.lists[0].test) == 190
    assert (read.truth == -10).sum() == 10


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("splits/10percent/test_1.csv", "999 1\n", "names account 999"),
        ("splits/10percent/test_1.csv", "1 7\n", "other than 0 and 1"),
        ("UserFeature.txt", "1 2 3\n", "1 rows of features and 200 of labels"),
        ("J01Network.txt", "a b\n", "cannot be read"),
    ],
)
def test_damaged_folders_are_refused(folder, file, text, words):
    (folder / file).write_text(text)
    with pytest.raises(FeedError, match=words):
        read_fraud_folder(folder)


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(FeedError, match="no folder of accounts"):
        bench_fraud(tmp_path)
    np.savez(tmp_path / "x.npz", x=np.zeros((2, 1)))
    with pytest.raises(FeedError, match="cannot be read as a graph"):
        bench_fraud(tmp_path)
