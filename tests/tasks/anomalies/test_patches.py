import numpy as np
import pytest
import torch

from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.anomalies.patches import filter_patches, map_patches
from shelfspace.tasks.anomalies.textures import evened


def test_the_direction_of_grain_shows():
    metal = evened(materials("metal", 1, size=96)[0])
    across = filter_patches(metal).rows.mean(axis=0)
    down = filter_patches(np.ascontiguousarray(metal.transpose(0, 2, 1))).rows.mean(axis=0)
    assert np.abs(across - down).max() > 0.05


def test_a_spot_changes_the_patches_it_lies_on():
    photo = evened(np.full((64, 64, 3), 128, np.uint8))
    spotted = photo.copy()
    spotted[0, 40:46, 16:22] += 3
    difference = np.abs(filter_patches(spotted).rows - filter_patches(photo).rows).max(axis=1).reshape(8, 8)
    assert divmod(int(difference.argmax()), 8) == (5, 2)
    assert difference[0, 7] < 1e-6


@pytest.mark.parametrize("shape", [(16, 16), (17, 40), (33, 16)])
def test_small_and_odd_photos_have_patches(shape):
    patches = filter_patches(np.zeros((3, *shape), np.float32))
    assert patches.rows.shape[0] == patches.shape[0] * patches.shape[1]
    assert not patches.rows.any()


def test_features_of_a_network_become_rows_in_order():
    features = torch.arange(12.0).reshape(1, 1, 3, 4)
    patches = map_patches(features)
    assert patches.shape == (3, 4) and patches.rows.shape == (12, 1)
    assert (np.diff(patches.rows[:, 0].reshape(3, 4), axis=1) > 0).all()
