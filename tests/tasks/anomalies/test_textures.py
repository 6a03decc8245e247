import numpy as np

from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.anomalies.textures import evened


def test_a_brighter_exposure_looks_nearly_the_same():
    photo = materials("metal", 1, size=64)[0]
    dark = (photo * 0.6).astype(np.uint8)
    assert np.abs(evened(photo)[0] - evened(dark)[0]).mean() < 0.1
    assert np.abs(photo.astype(float) - dark).mean() > 30


def test_light_is_centred_and_grey_has_no_colour():
    grey = np.repeat(materials("metal", 1, size=64)[0][..., :1], 3, axis=2)
    light, red, blue = evened(grey)
    assert abs(light.mean()) < 1e-4
    assert not red.any() and not blue.any()


def test_a_photo_of_one_colour_is_finite_and_still():
    even = evened(np.full((16, 20, 3), 90, np.uint8))
    assert even.shape == (3, 16, 20) and even.dtype == np.float32
    assert np.abs(even).max() < 1e-3


def test_colour_is_kept():
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    assert evened(red)[1].mean() > 1
