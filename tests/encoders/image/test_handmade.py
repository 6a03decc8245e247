import numpy as np
import pytest

from shelfspace.encoders.image.handmade import colour_features, edge_features, handmade_features
from shelfspace.errors import OptionError


def stripes(angle, size=64, colour=(255, 255, 255)):
    """Black and coloured stripes whose direction is `angle` in radians."""
    y, x = np.mgrid[:size, :size]
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) / 3) > 0
    return (wave[..., None] * np.array(colour)).astype(np.uint8)


def test_a_row_a_photo_each_half_of_length_one():
    photos = np.random.default_rng(0).integers(0, 256, (70, 40, 40, 3), dtype=np.uint8)
    features = handmade_features(photos)
    assert features.shape == (70, 11556)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), np.sqrt(2), rtol=1e-4)


def test_edges_know_directions_and_not_colours():
    white, red = stripes(0.3), stripes(0.3, colour=(255, 60, 0))
    turned = stripes(0.3 + np.pi / 2)
    edges = edge_features(np.stack([white, red, turned]))
    assert edges[0] @ edges[1] > 0.95
    assert edges[0] @ edges[2] < 0.5


def test_a_negative_has_the_same_edges():
    photo = stripes(1.1)
    edges = edge_features(np.stack([photo, 255 - photo]))
    assert edges[0] @ edges[1] > 0.99


def test_colours_know_colours_and_places():
    red, green = np.zeros((2, 32, 32, 3), np.uint8)
    red[..., 0], green[..., 1] = 200, 200
    half = red.copy()
    half[:, 16:] = green[:, 16:]
    mirrored = half[:, ::-1]
    colours = colour_features(np.stack([red, green, half, mirrored]))
    assert colours[0] @ colours[1] < 0.3
    assert colours[0] @ colours[1] < colours[0] @ colours[2] < colours[0] @ colours[0]
    assert colours[2] @ colours[3] < 0.95


def test_degenerate_photos():
    assert handmade_features(np.zeros((0, 8, 8, 3), np.uint8)).shape == (0, 11556)
    flat = np.full((1, 1, 1, 3), 255, np.uint8)
    assert not edge_features(flat).any()
    assert np.isfinite(colour_features(flat)).all()
    photo = np.random.default_rng(1).integers(0, 256, (1, 64, 64, 3), dtype=np.uint8)
    twice = handmade_features(np.concatenate([photo, photo]))
    assert (twice[0] == twice[1]).all()


def test_it_does_not_matter_what_stands_beside_a_photo():
    photos = np.random.default_rng(2).integers(0, 256, (130, 64, 64, 3), dtype=np.uint8)
    np.testing.assert_allclose(
        handmade_features(photos)[100:101], handmade_features(photos[100:101]), atol=1e-6
    )


@pytest.mark.parametrize(
    "photos", [np.zeros((2, 8, 8, 3)), np.zeros((8, 8, 3), np.uint8), np.zeros((1, 0, 8, 3), np.uint8)]
)
def test_other_arrays_are_refused(photos):
    with pytest.raises(OptionError, match="uint8"):
        handmade_features(photos)
