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


def test_each_good_photo_is_measured_against_the_others():
    good = materials("metal", 5, size=48, seed=2)
    apart = KnownPhotos.of([*good, good[0]]).among_themselves()
    assert apart[0] < 1e-3 and apart[5] < 1e-3 and (apart[1:5] > 0.1).all()
    nearest = KnownPhotos.of(good[1:3]).strangeness(good[3])
    assert np.isclose(KnownPhotos.of(good[1:4]).among_themselves()[2], nearest, atol=1e-3)
    assert KnownPhotos.of(good[:1]).among_themselves().tolist() == [0.0]
