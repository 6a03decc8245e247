import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.data.synthetic.materials import materials
from shelfspace.errors import FeedError
from shelfspace.evaluation.anomaly_floors import nearest_distance
from shelfspace.evaluation.bench_anomaly import bench_anomaly


def save(folder, photos):
    folder.mkdir(parents=True, exist_ok=True)
    for number, photo in enumerate(photos):
        Image.fromarray(photo).save(folder / f"{number:03d}.png")


@pytest.fixture
def folder(tmp_path):
    """Made-up cloth, with holes and turned pieces among the test photos."""
    photos = materials("woven", 40, size=64)
    save(tmp_path / "train" / "good", photos[:16])
    save(tmp_path / "test" / "good", photos[16:24])
    holes = [photo.copy() for photo in photos[24:32]]
    for photo in holes:
        photo[20:32, 30:42] = 0
    save(tmp_path / "test" / "hole", holes)
    save(tmp_path / "test" / "turned", [np.rot90(photo) for photo in photos[32:]])
    return tmp_path


def test_photos_are_judged_beside_floors(folder):
    result = CliRunner().invoke(app, ["bench", "anomaly", str(folder), "--preset", "fast", "--json", "-"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["metrics"]["auroc_hole"] > 0.9
    assert {"auroc", "average_precision", "recall@1%", "auroc_turned"} <= set(found["metrics"])
    assert set(found["floors"]) == {"knn_pixels", "knn_edges_colours", "filter_memory", "photo_area"}
    assert found["floors"]["photo_area"]["auroc"] == 0.5
    assert (found["n_train"], found["data"]["test_good"], found["data"]["test_anomalies"]) == (16, 8, 16)


def made_table(path, seed=0):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(0, 1, (200, 4)), rng.normal(6, 1, (10, 4))]) * [1, 100, 1, 0.01]
    X[0, 0] = np.nan
    np.savez(path, X=X, y=np.repeat([0, 1], [200, 10]))


def test_tables_are_judged_beside_plain_methods(tmp_path):
    made_table(tmp_path / "made.npz")
    result = bench_anomaly(tmp_path / "made.npz", preset="fast")
    assert result.dataset == "made" and result.metrics["auroc"] > 0.99
    assert result.metrics["recall@k"] > 0.9 and result.metrics["flagged_anomalies"] > 0.9
    assert result.metrics["precision@1%"] == 1 and result.metrics["flagged_normal"] < 0.1
    assert set(result.floors) == {"knn_distance", "isolation_forest", "local_outlier_factor", "ecod"}
    assert min(floor["auroc"] for floor in result.floors.values()) > 0.9
    assert result.n_train == 100 and result.data["test_anomalies"] == 10
    shown = CliRunner().invoke(
        app,
        ["bench", "anomaly", str(tmp_path / "made.npz"), "--preset", "fast", "--seed", "1", "--seed", "2"],
    )
    assert shown.exit_code == 0 and "isolation forest" in shown.stdout


def test_a_folder_of_tables_gives_their_mean(tmp_path):
    made_table(tmp_path / "a.npz")
    made_table(tmp_path / "b.npz", 1)
    result = bench_anomaly(tmp_path, preset="fast")
    assert result.dataset == tmp_path.name and result.data["tables"] == 2
    each = [result.metrics["auroc_a"], result.metrics["auroc_b"]]
    assert result.metrics["auroc"] == pytest.approx(np.mean(each))


def test_folders_and_files_of_another_kind_are_refused(tmp_path):
    save(tmp_path / "photos" / "train" / "good", materials("metal", 2, size=32))
    save(tmp_path / "photos" / "test" / "good", materials("metal", 2, size=32))
    (tmp_path / "odd.npz").write_bytes(b"nothing")
    np.savez(tmp_path / "normal.npz", X=np.ones((3, 2)), y=np.zeros(3))
    for place in (tmp_path / "photos", tmp_path / "odd.npz", tmp_path / "normal.npz", tmp_path / "nowhere"):
        with pytest.raises(FeedError):
            bench_anomaly(place)


def test_the_nearest_distance_is_that_of_a_loop():
    rng = np.random.default_rng(0)
    rows, known = rng.normal(size=(6, 3)), rng.normal(size=(9, 3))
    loop = [np.sort(np.linalg.norm(known - row, axis=1))[:2].mean() for row in rows]
    np.testing.assert_allclose(nearest_distance(rows, known, 2), loop)
    assert nearest_distance(rows, known[:1], 5).shape == (6,)
    assert nearest_distance(rows[:0], known).shape == (0,)
