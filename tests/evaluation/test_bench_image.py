import json

import numpy as np
import pytest
from PIL import Image

from shelfspace.errors import OptionError
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_image import knn_classes, recall_at_1
from shelfspace.evaluation.image_study import ImageOptions


@pytest.fixture(scope="module")
def folder(planted_photos, tmp_path_factory):
    root = tmp_path_factory.mktemp("things")
    for i, (photo, thing) in enumerate(zip(*planted_photos, strict=True)):
        if i >= 120:
            break
        path = root / ("test" if i % 3 == 0 else "train") / f"thing{thing}"
        path.mkdir(parents=True, exist_ok=True)
        Image.fromarray(photo).save(path / f"{i}.png")
    (root / "train" / "thing0" / "broken.png").write_bytes(b"no photo")
    return root


@pytest.fixture(scope="module")
def result(folder):
    return bench("image", folder, preset="fast", options=ImageOptions(views=2000))


def test_planted_things_are_told_and_floors_stand_beside(result):
    names = ["accuracy", "knn_accuracy", "retrieval_recall@1", "network_accuracy", "network_knn_accuracy"]
    assert list(result.metrics) == names
    assert result.metrics["accuracy"] > 0.9
    assert set(result.floors) == {"hog_colour_svm", "colour_nearest"}
    assert all("accuracy" in figures for figures in result.floors.values())
    json.loads(result.to_json())


def test_the_data_tell_robustness_waiting_and_what_could_not_be_read(result):
    assert result.data["unread_photos"] == 1
    assert result.data["share_waiting"] < 1
    assert {f"accuracy_under_{kind}" for kind in ("nothing", "blur", "crop", "jpeg", "colour")} <= set(
        result.data
    )
    assert result.data["accuracy_under_nothing"] == pytest.approx(result.metrics["accuracy"])


def test_few_labels_are_held_against_labels_alone(folder):
    options = ImageOptions(labels=3, views=1000, taught=True)
    result = bench("image", folder, preset="fast", options=options)
    assert result.n_train == 12
    beside = {"labels_alone_accuracy", "labels_alone_heads_accuracy", "heads_accuracy"}
    assert beside <= set(result.metrics)
    assert result.metrics["accuracy"] > 0.5


def test_options_of_photos_are_for_photos(folder):
    with pytest.raises(OptionError, match="given options"):
        bench("cluster", folder, options=ImageOptions())
    with pytest.raises(OptionError, match="labels a class"):
        ImageOptions(labels=0)


def test_neighbours_vote_by_nearness():
    gallery = np.eye(3, dtype=np.float32)[[0, 1, 1, 2]]
    classes = np.array([0, 1, 1, -1])
    assert knn_classes(gallery, classes, np.eye(3, dtype=np.float32)[:2]).tolist() == [0, 1]
    assert knn_classes(gallery[:0], classes[:0], gallery).tolist() == [-1] * 4
    assert recall_at_1(gallery, np.array([0, 1, 1, 2])) == 0.5
    assert recall_at_1(gallery[:1], classes[:1]) == 0.0
