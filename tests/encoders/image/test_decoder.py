import pytest
import torch

from shelfspace.encoders.image.decoder import Decoder
from shelfspace.encoders.image.network import ImageNetwork, NetworkShape


@pytest.mark.parametrize("size", [16, 31, 40])
def test_it_gives_the_photo_s_size_back(size):
    network = ImageNetwork(NetworkShape((8, 12, 16), (1, 1, 1)))
    decoder = Decoder(network.dim, 8)
    assert decoder(network.maps(torch.rand(2, 3, size, size)), size).shape == (2, 3, size, size)


def test_a_place_and_its_neighbours_alone_write_its_square():
    torch.manual_seed(0)
    decoder = Decoder(4, 2)
    maps = torch.rand(1, 4, 6, 6)
    other = maps.clone()
    other[0, :, 5, 5] += 1
    changed = (decoder(maps, 12) != decoder(other, 12)).any(dim=1)[0]
    assert changed[8:, 8:].any()
    assert not changed[:8].any()
    assert not changed[:, :8].any()


def test_no_photo():
    assert Decoder(4, 2)(torch.zeros(0, 4, 3, 3), 6).shape == (0, 3, 6, 6)
