import numpy as np
import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.views.image import MEAN, STD, as_tensor, normalised


def test_values_are_as_written_and_channels_last():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    out = normalised(pixels)
    assert (out.shape, out.dtype) == ((3, 3, 8, 8), torch.float32)
    assert out.is_contiguous(memory_format=torch.channels_last)
    expected = (pixels / 255 - np.array(MEAN)) / np.array(STD)
    assert np.allclose(out.permute(0, 2, 3, 1).numpy(), expected, atol=1e-5)


def test_another_size_averages():
    pixels = np.zeros((1, 8, 8, 3), dtype=np.uint8)
    pixels[:, :4] = 200
    out = normalised(pixels, 2, mean=(0, 0, 0), std=(1, 1, 1))
    assert out.shape == (1, 3, 2, 2)
    assert out.is_contiguous(memory_format=torch.channels_last)
    assert torch.allclose(out.mean(), torch.tensor(100 / 255))


def test_no_photo_gives_none():
    assert normalised(np.zeros((0, 8, 8, 3), dtype=np.uint8)).shape == (0, 3, 8, 8)
    assert normalised(np.zeros((0, 8, 8, 3), dtype=np.uint8), 4).shape == (0, 3, 4, 4)


def test_mapped_pixels_are_copied_and_others_shared():
    pixels = np.zeros((1, 4, 4, 3), dtype=np.uint8)
    as_tensor(pixels)[:] = 7
    assert (pixels == 7).all()
    pixels.flags.writeable = False
    as_tensor(pixels)[:] = 9
    assert (pixels == 7).all()


def test_other_arrays_are_refused():
    for wrong in (np.zeros((4, 4, 3), np.uint8), np.zeros((1, 4, 4, 3)), np.zeros((1, 3, 4, 4), np.uint8)):
        with pytest.raises(OptionError):
            normalised(wrong)
    with pytest.raises(OptionError):
        normalised(np.zeros((1, 4, 4, 3), np.uint8), 0)
