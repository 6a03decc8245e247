import numpy as np
import pytest
from PIL import Image, ImageEnhance

from shelfspace.data.images import near_photos, read_photos
from shelfspace.errors import OptionError


def shirt(colour, seed=0):
    """A thing of one outline on white; its pattern is the seed's."""
    rng = np.random.default_rng(seed)
    shade = np.kron(rng.uniform(0.8, 1.0, (6, 6)), np.ones((10, 10)))
    photo = np.full((96, 96, 3), 255, dtype=np.uint8)
    photo[18:78, 20:80] = np.array(colour) * shade[..., None]
    photo[18:30, 40:60] = 255
    return Image.fromarray(photo)


def test_copies_are_found_and_other_colours_are_not(saved):
    things = [shirt((200, 30, 40)), shirt((30, 60, 200)), shirt((40, 40, 45))]
    copies = [
        saved(things[0], quality=40),
        saved(things[1].resize((61, 61)), "WEBP"),
        saved(ImageEnhance.Brightness(things[2]).enhance(0.9), "PNG"),
    ]
    photos = read_photos([*(saved(thing, "PNG") for thing in things), *copies], 64)
    found = near_photos(photos.pixels)
    assert found.select("left", "right").rows() == [(0, 3), (1, 4), (2, 5)]
    assert found["difference"].max() < 6
    alike = near_photos(photos.pixels, difference=255)
    assert alike.height > 3  # their outlines agree


def test_scenes_are_compared_whole(scene, saved):
    photos = read_photos([*(saved(scene(seed), "PNG") for seed in range(5)), saved(scene(2), quality=50)], 64)
    assert near_photos(photos.pixels).select("left", "right").rows() == [(2, 5)]


def test_plain_photos_of_other_colours_are_no_copies():
    pixels = np.zeros((4, 32, 32, 3), dtype=np.uint8)
    pixels[1], pixels[2], pixels[3] = (250, 0, 0), 255, 2
    assert near_photos(pixels).select("left", "right").rows() == [(0, 3)]


@pytest.mark.parametrize("n", [0, 1])
def test_none_and_one_have_no_pair(n):
    found = near_photos(np.zeros((n, 32, 32, 3), dtype=np.uint8))
    assert found.height == 0
    assert found.columns == ["left", "right", "distance", "difference"]


def test_figures_out_of_range_are_refused():
    pixels = np.zeros((2, 32, 32, 3), dtype=np.uint8)
    for options in ({"distance": 99}, {"difference": -1.0}):
        with pytest.raises(OptionError):
            near_photos(pixels, **options)
    with pytest.raises(OptionError):
        near_photos(pixels.astype(float))


def test_every_copy_is_found_among_many_of_one_outline(saved):
    levels = (20, 110, 200)
    colours = [(red, green, blue) for red in levels for green in levels for blue in levels]
    shirts = [saved(shirt(colour), "PNG") for colour in colours]
    photos = read_photos([*shirts, *shirts[::-1], shirts[0]], 64)
    n = len(shirts)
    expected = {(row, 2 * n - 1 - row) for row in range(n)} | {(0, 2 * n)}
    assert set(near_photos(photos.pixels).select("left", "right").rows()) == expected
