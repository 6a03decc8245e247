import numpy as np
import pytest
from PIL import ImageEnhance

from shelfspace.data.images import near_hashes, photo_hashes, read_photos
from shelfspace.errors import OptionError


def distance(left, right):
    return int(left ^ right).bit_count()


def test_copies_are_near_and_others_far(scene, saved):
    things = [scene(seed, 120, 120) for seed in range(30)]
    copies = [
        saved(things[0].resize((60, 60)), "JPEG", quality=40),
        saved(ImageEnhance.Brightness(things[1]).enhance(0.85), "WEBP"),
        saved(ImageEnhance.Color(things[2]).enhance(0.5), "PNG"),
    ]
    photos = read_photos([*(saved(thing, "PNG") for thing in things), *copies], 96)
    hashes = photo_hashes(photos.pixels)
    assert all(distance(hashes[row], hashes[30 + row]) <= 6 for row in range(3))
    far = [distance(hashes[i], hashes[j]) for i in range(30) for j in range(i)]
    assert min(far) > 10
    assert 26 < np.mean(far) < 36
    assert near_hashes(hashes).select("left", "right").rows() == [(0, 30), (1, 31), (2, 32)]


def test_a_photo_of_one_colour_is_nought():
    pixels = np.zeros((3, 32, 32, 3), dtype=np.uint8)
    pixels[1], pixels[2] = 255, (10, 200, 40)
    assert photo_hashes(pixels).tolist() == [0, 0, 0]


@pytest.mark.parametrize("size", [8, 31, 96, 130])
def test_every_size_is_hashed_alone_and_together(size):
    pixels = np.random.default_rng(0).integers(0, 256, (600, size, size, 3), dtype=np.uint8)[
        : 600 if size < 40 else 5
    ]
    hashes = photo_hashes(pixels)
    assert hashes.dtype == np.uint64
    assert photo_hashes(pixels[-1:])[0] == hashes[-1]
    assert len(np.unique(hashes)) == len(pixels)


def test_no_photo_has_no_hash_and_other_arrays_are_refused():
    assert len(photo_hashes(np.zeros((0, 8, 8, 3), dtype=np.uint8))) == 0
    with pytest.raises(OptionError):
        photo_hashes(np.zeros((2, 8, 8)))
