import numpy as np
import pytest
import torch

from shelfspace.encoders.image import export
from shelfspace.encoders.image.network import ImageNetwork, NetworkShape, Sight, network_features
from shelfspace.errors import MissingExtraError


def photos(n, size=32):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    network = ImageNetwork(NetworkShape((8, 16), (1, 1)))
    for _ in range(3):  # so that the batch normalisation has something to say
        network(torch.randn(16, 3, 32, 32))
    return network.eval()


@pytest.fixture(scope="module")
def exported(network, tmp_path_factory):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    path = tmp_path_factory.mktemp("onnx") / "network.onnx"
    export.export_network(network, path, size=32)
    return export.ExportedNetwork(path, threads=1)


@pytest.mark.parametrize("size", [32, 41])
def test_vectors_are_those_of_torch(network, exported, size):
    pixels = photos(40, size)
    wanted = network_features(network, pixels, Sight(size, flip=False, precision="float32"))
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(exported.encode_pixels(pixels), wanted, atol=1e-4)


def test_no_photo_gives_no_row(exported):
    assert exported.encode_pixels(photos(0)).shape == (0, 16)


def test_a_missing_package_is_named(network, monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(MissingExtraError, match="shelfspace\\[export\\]"):
        export.export_network(network, tmp_path / "x.onnx")
