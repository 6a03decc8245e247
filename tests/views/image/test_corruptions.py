from itertools import pairwise

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.views.image import CORRUPTIONS, corrupted


@pytest.fixture
def pixels():
    rng = np.random.default_rng(0)
    coarse = rng.integers(40, 215, (20, 8, 8, 3)).astype(np.uint8)
    return coarse.repeat(6, axis=1).repeat(6, axis=2)


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_harsher_steps_change_more(kind, pixels):
    changes = [np.abs(corrupted(pixels, kind, step).astype(int) - pixels).mean() for step in range(1, 6)]
    assert changes[0] > 0.1
    assert all(mild < harsh for mild, harsh in pairwise(changes))


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_the_seed_decides_and_the_input_stays(kind, pixels):
    kept = pixels.copy()
    once = corrupted(pixels, kind, 3, seed=1)
    assert once.dtype == np.uint8
    assert once.shape == pixels.shape
    assert np.array_equal(once, corrupted(pixels, kind, 3, seed=1))
    assert np.array_equal(pixels, kept)
    pixels.flags.writeable = False
    assert np.array_equal(once, corrupted(pixels, kind, 3, seed=1))


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_none_and_one(kind, pixels):
    assert corrupted(pixels[:0], kind).shape == (0, 48, 48, 3)
    assert corrupted(pixels[:1], kind).shape == (1, 48, 48, 3)


def test_a_flat_photo_stays_flat():
    flat = np.full((2, 16, 16, 3), 128, dtype=np.uint8)
    for kind in ("blur", "crop", "jpeg"):
        assert np.abs(corrupted(flat, kind, 5).astype(int) - 128).max() <= 1


def test_unknown_kinds_and_severities_are_refused(pixels):
    for options in ({"kind": "rain"}, {"kind": "blur", "severity": 0}, {"kind": "blur", "severity": 6}):
        with pytest.raises(OptionError):
            corrupted(pixels, **options)
    with pytest.raises(OptionError):
        corrupted(pixels.astype(float), "blur")
