import numpy as np

from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.anomalies.nearest_photo import KnownPhotos, squares


def test_a_known_photo_is_not_strange_and_another_thing_is_stranger_than_one_of_a_kind():
    good = materials("woven", 6, size=64, seed=0)
    known = KnownPhotos.of(good)
    same_kind = known.strangeness(materials("woven", 1, size=64, seed=1)[0])
    other_kind = known.strangeness(materials("box", 1, size=64, seed=1)[0])
    assert known.strangeness(good[3]) < 1e-3 < same_kind < other_kind


def test_photos_of_any_shape_become_squares():
    photos = [np.full((20, 40, 3), 7, np.uint8), np.full((64, 16, 3), 9, np.uint8)]
    assert squares(photos, 32).shape == (2, 32, 32, 3)
    assert squares(photos, 32)[:, 0, 0, 0].tolist() == [7, 9]
