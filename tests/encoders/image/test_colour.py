import colorsys

import numpy as np
import torch

from shelfspace.encoders.image.colour import hsv_of, lab_of


def some(n=500):
    rng = np.random.default_rng(0)
    corners = np.array([[r, g, b] for r in (0, 0.5, 1) for g in (0, 0.5, 1) for b in (0, 0.5, 1)])
    return np.concatenate([corners, rng.random((n, 3))])


def as_photo(colours):
    return torch.from_numpy(colours.T.reshape(1, 3, 1, -1)).float()


def test_hsv_is_that_of_the_standard_library():
    colours = some()
    wanted = np.array([colorsys.rgb_to_hsv(*colour) for colour in colours])
    found = hsv_of(as_photo(colours))[0, :, 0].T.numpy()
    turned = np.abs(found - wanted)
    turned[:, 0] = np.minimum(turned[:, 0], 1 - turned[:, 0])  # red is both ends of the circle
    assert turned.max() < 1e-4


def test_lab_of_the_primaries_is_what_tables_say():
    primaries = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 1, 1]], float)
    found = lab_of(as_photo(primaries))[0, :, 0].T.numpy() * [100, 200, 200] - [0, 100, 100]
    tables = [[53.24, 80.09, 67.20], [87.73, -86.18, 83.18], [32.30, 79.19, -107.86], [0, 0, 0], [100, 0, 0]]
    np.testing.assert_allclose(found, tables, atol=0.05)


def test_grey_has_no_hue():
    grey = torch.full((2, 3, 4, 4), 0.3)
    assert not hsv_of(grey)[:, :2].any()
