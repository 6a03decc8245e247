from dataclasses import replace
from pathlib import Path

import numpy as np

from shelfspace.encoders.image.network import ImageNetwork, NetworkShape, Sight
from shelfspace.encoders.image.parts import Network
from shelfspace.evaluation.image_folders import ImageFolder
from shelfspace.evaluation.image_study import ImageStudy
from shelfspace.evaluation.network_probe import probed_features


def study_of(pixels, classes):
    rows = np.arange(len(pixels))
    folder = ImageFolder(
        "made", tuple(Path(str(i)) for i in rows), {"": classes}, {"": list("abcd")}, rows, rows, rows
    )
    network = Network(ImageNetwork(NetworkShape((8, 16), (1, 1))), Sight(24))
    return ImageStudy(folder, pixels, {"": classes}, {"network": network}, {}, {})


def test_rows_are_of_length_one_and_no_longer_than_there_are_photos(planted_photos):
    pixels, classes = planted_photos
    found = probed_features(study_of(pixels[:40], classes[:40]))
    assert found.shape[0] == 40
    assert found.shape[1] <= 40
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_photos_that_are_all_alike_are_finite(planted_photos):
    pixels = np.repeat(planted_photos[0][:1], 5, axis=0)
    study = study_of(pixels, np.zeros(5, np.int64))
    assert np.isfinite(probed_features(study)).all()
    one = replace(study, folder=replace(study.folder, train=np.array([0])))
    assert np.isfinite(probed_features(one)).all()
