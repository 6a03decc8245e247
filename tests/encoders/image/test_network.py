import numpy as np
import pytest
import torch

from shelfspace.encoders.image.network import (
    Block,
    ImageNetwork,
    NetworkShape,
    Projection,
    Sight,
    network_features,
)
from shelfspace.errors import OptionError

SIGHT = Sight(32, precision="float32")


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return ImageNetwork(NetworkShape((8, 12, 16), (1, 2, 1))).eval()


def photos(n=5, size=32):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


def test_the_default_has_little_more_than_a_million_weights():
    assert 1.0e6 < sum(weight.numel() for weight in ImageNetwork().parameters()) < 1.4e6


@pytest.mark.parametrize("size", [16, 17, 31, 48, 63])
def test_it_takes_any_size(network, size):
    with torch.inference_mode():
        maps = network.maps(torch.rand(2, 3, size, size))
        assert network(torch.rand(2, 3, size, size)).shape == (2, 16)
    assert maps.shape[2] == maps.shape[3] == -(-size // 8)


def test_a_block_starts_as_its_shortcut():
    maps = torch.rand(2, 16, 5, 5)
    assert torch.equal(Block(16, 16, stride=1)(maps), maps)
    assert Block(16, 24, stride=2)(maps).shape == (2, 24, 3, 3)


def test_features_do_not_depend_on_the_batch_or_the_side(network):
    pixels = photos(70)
    features = network_features(network, pixels, SIGHT)
    alone = network_features(network, pixels[66:67], SIGHT)
    mirrored = network_features(network, np.ascontiguousarray(pixels[:, :, ::-1]), SIGHT)
    np.testing.assert_allclose(features[66:67], alone, atol=1e-5)
    np.testing.assert_allclose(features, mirrored, atol=1e-5)


def test_zoom_sees_the_middle(network):
    pixels = photos(3)
    framed = pixels.copy()
    framed[:, :4] = framed[:, -4:] = framed[:, :, :4] = framed[:, :, -4:] = 7
    middle, same = (network_features(network, p, Sight(24, 0.75)) for p in (pixels, framed))
    np.testing.assert_array_equal(middle, same)
    assert not np.allclose(middle, network_features(network, pixels, Sight(24)))


def test_a_grid_keeps_places_and_mirrors_them(network):
    pixels = photos(3)
    sight = Sight(32, grid=2, precision="float32")
    found = network_features(network, pixels, sight)
    mirrored = network_features(network, np.ascontiguousarray(pixels[:, :, ::-1]), sight)
    assert found.shape == (3, 16 * 4)
    turned = mirrored.reshape(3, 16, 2, 2)[..., ::-1].reshape(3, -1)
    np.testing.assert_allclose(found, turned, atol=1e-5)
    whole = network_features(network, pixels, SIGHT)
    np.testing.assert_allclose(found.reshape(3, 16, 4).mean(2), whole, atol=1e-5)


def test_no_photo_gives_no_row_and_the_mode_stays(network):
    network.train()
    assert network_features(network, photos(0), SIGHT).shape == (0, 16)
    assert network.training
    network.eval()


def test_a_projection_has_the_dimension_asked_for():
    assert Projection(16, 7, 32)(torch.rand(4, 16)).shape == (4, 7)
    normed = Projection(16, 7, 32, last_norm=True)(torch.rand(64, 16))
    torch.testing.assert_close(normed.mean(0), torch.zeros(7), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("widths", "depths"), [((), ()), ((8, 8), (1,)), ((8, 0), (1, 1)), ((8,), (0,))])
def test_shapes_that_do_not_fit_are_refused(widths, depths):
    with pytest.raises(OptionError, match="width"):
        NetworkShape(widths, depths)


def test_an_earlier_stage_keeps_places_and_one_too_many_is_the_first():
    network, pixels = ImageNetwork(NetworkShape((8, 16), (1, 1))), photos(3)
    plain = {early: Sight(32, grid=2, early=early) for early in (0, 1, 5)}
    last, first, beyond = (network_features(network, pixels, sight) for sight in plain.values())
    assert last.shape == (3, 16 * 4)
    assert first.shape == (3, 8 * 4)
    np.testing.assert_array_equal(first, beyond)
