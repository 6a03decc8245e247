import numpy as np
import pytest

from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.anomalies.made_up import KINDS, make_up

PHOTO = materials("wood", 1, size=96)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_defect_changes_the_photo_where_it_says_and_nowhere_else(kind):
    rng = np.random.default_rng(0)
    changed = 0
    for _ in range(10):
        made = make_up(PHOTO, rng, kind)
        assert made.kind == kind
        assert made.pixels.shape == PHOTO.shape and made.pixels.dtype == np.uint8
        assert made.where.shape == PHOTO.shape[:2]
        assert made.where.min() >= 0 and made.where.max() <= 1
        outside = made.where == 0
        if kind != "pit":  # whose rim catches the light
            assert np.array_equal(made.pixels[outside], PHOTO[outside])
        changed += not np.array_equal(made.pixels, PHOTO)
    assert changed >= 8  # some lie outside the photo


def test_the_same_seed_paints_the_same_and_kinds_are_drawn_from_all():
    drawn = [make_up(PHOTO, np.random.default_rng(seed)) for seed in range(60)]
    assert {made.kind for made in drawn} == set(KINDS)
    again = make_up(PHOTO, np.random.default_rng(7))
    assert np.array_equal(drawn[7].pixels, again.pixels)


def test_grey_photos_stay_grey_and_odd_sizes_are_taken():
    grey = np.repeat(PHOTO[:30, :75, :1], 3, axis=2)
    rng = np.random.default_rng(1)
    for kind in KINDS:
        made = make_up(grey, rng, kind)
        assert made.pixels.shape == grey.shape
        assert np.array_equal(made.pixels[..., 0], made.pixels[..., 2])


def test_a_photo_of_one_colour_gets_defects_too():
    blank = np.full((32, 32, 3), 200, np.uint8)
    made = [make_up(blank, np.random.default_rng(seed), "spot").pixels for seed in range(5)]
    assert sum(not np.array_equal(photo, blank) for photo in made) >= 4
