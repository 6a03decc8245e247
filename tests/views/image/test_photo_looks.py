from dataclasses import replace

import numpy as np
import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.views.image import PhotoLooks, normalised

STILL = PhotoLooks(area=(1, 1), aspect=1, flip=0, tint=0, blur=0)
EVERYTHING = PhotoLooks(blur=0.5, cutout=0.5, background=0.5, noise=0.1)


def photos(n=6, size=24, seed=0):
    rng = np.random.default_rng(seed)
    coarse = torch.from_numpy(rng.integers(0, 256, (n, 3, 5, 5)).astype(np.float32))
    fine = torch.nn.functional.interpolate(coarse, size, mode="bilinear")
    return fine.permute(0, 2, 3, 1).to(torch.uint8)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("looks", [PhotoLooks(), EVERYTHING, replace(EVERYTHING, size=16)])
def test_two_looks_are_images_for_a_network(looks):
    pixels = photos()
    kept = pixels.clone()
    for look in looks.two_looks(pixels, seeded()):
        assert look.shape == (6, 3, looks.size or 24, looks.size or 24)
        assert look.dtype == torch.float32
        assert look.is_contiguous(memory_format=torch.channels_last)
        assert torch.isfinite(look).all()
    assert torch.equal(pixels, kept)


def test_the_same_generator_gives_the_same_looks_and_nothing_else_is_drawn():
    state = torch.random.get_rng_state()
    first, second = (EVERYTHING.two_looks(photos(), seeded(3)) for _ in range(2))
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert not torch.allclose(first[0], first[1])
    assert not torch.allclose(first[0], EVERYTHING.look(photos(), seeded(4)))
    assert torch.equal(torch.random.get_rng_state(), state)


def test_without_any_change_a_look_is_the_photo():
    assert torch.allclose(STILL.look(photos(), seeded()), normalised(photos()), atol=1e-4)


def test_a_mirrored_look_is_the_photo_mirrored():
    look = replace(STILL, flip=1.0).look(photos(), seeded())
    assert torch.allclose(look, normalised(photos()).flip(3), atol=1e-4)


def test_a_crop_shows_a_part_as_large_as_told():
    ramp = torch.arange(0, 240, 2, dtype=torch.uint8).view(1, 1, 120, 1).expand(50, 120, 120, 3)
    look = replace(STILL, area=(0.25, 0.25), mean=(0, 0, 0), std=(1, 1, 1)).look(ramp, seeded()) * 255
    seen = look[:, 0, 0, -1] - look[:, 0, 0, 0]
    assert torch.allclose(seen, torch.full_like(seen, 119), atol=2)  # half the side, 2 a pixel
    assert look.amin() >= 0
    assert look.amax() <= 239
    assert look[:, 0, 0, 0].std() > 20


@pytest.mark.parametrize(
    ("share", "told"),
    [("flip", {"flip": 0.3}), ("tint", {"tint": 0.3}), ("blur", {"blur": 0.3}), ("cutout", {"cutout": 0.3})],
)
def test_shares_are_kept(share, told):
    pixels = photos(400, 16)
    changed = replace(STILL, **told).look(pixels, seeded()) - normalised(pixels)
    assert 0.2 < (changed.abs().amax(dim=(1, 2, 3)) > 1e-3).float().mean() < 0.4


def test_tints_are_mild_by_default():
    pixels = photos(200)
    change = PhotoLooks(area=(1, 1), aspect=1, flip=0, blur=0).look(pixels, seeded()) - normalised(pixels)
    grey = change.mean(dim=(1, 2, 3), keepdim=True)
    assert (change - grey).square().mean().sqrt() < 0.35  # of units in which photos spread about 1


def test_a_cut_out_covers_no_more_than_told():
    look = replace(STILL, cutout=1.0, cutout_area=0.25, mean=(0, 0, 0)).look(photos(50) // 2 + 100, seeded())
    covered = (look == 0).all(dim=1).float().mean(dim=(1, 2))
    assert (covered > 0.03).all()
    assert (covered <= 0.3).all()


def test_blur_evens_and_noise_roughens():
    pixels = torch.randint(0, 256, (20, 24, 24, 3), dtype=torch.uint8, generator=seeded())
    plain = normalised(pixels).std()
    assert replace(STILL, blur=1.0, blur_sigma=2.0).look(pixels, seeded()).std() < 0.8 * plain
    assert replace(STILL, noise=1.0).look(pixels, seeded()).std() > 1.1 * plain


def test_looks_at_one_photo_and_at_none():
    assert EVERYTHING.look(photos(1), seeded()).shape == (1, 3, 24, 24)
    assert EVERYTHING.look(photos()[:0], seeded()).shape == (0, 3, 24, 24)


def test_figures_out_of_range_are_refused():
    for wrong in (
        {"area": (0.0, 1.0)},
        {"area": (0.9, 0.5)},
        {"flip": 1.5},
        {"hue": 0.6},
        {"size": 0},
        {"aspect": 0.5},
    ):
        with pytest.raises(OptionError):
            PhotoLooks(**wrong)
    with pytest.raises(OptionError):
        PhotoLooks().look(photos().float(), seeded())
