import numpy as np

from shelfspace.tasks.anomalies.heat_map import heat_map, place_of


def test_what_is_not_strange_stays_as_it_is():
    photo = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    assert np.array_equal(heat_map(photo, np.full((5, 5), 0.4, np.float32)), photo)


def test_the_strangest_place_turns_red():
    heat = np.zeros((10, 10), np.float32)
    heat[2, 7] = 2
    drawn = heat_map(np.full((40, 40, 3), 128, np.uint8), heat)
    assert drawn[10, 30, 0] > 150 and drawn[10, 30, 2] < 80
    assert (drawn[35, 5] == 128).all()
    assert place_of(heat) == (0.75, 0.25)
