import colorsys

import torch

from shelfspace.views.image.colours import Tints, tinted

PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}


def photos(n=3):
    return torch.rand(n, 3, 5, 4, generator=torch.Generator().manual_seed(0)) * 255


def tints(n=3, **figures):
    given = {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "hue_radians": 0.0, **figures}
    return Tints(**{name: torch.full((n,), value) for name, value in given.items()})


def grey(values):
    return (values * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(dim=1)


def test_no_tint_only_normalises():
    out = tinted(photos(), tints(), (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
    expected = (photos() / 255 - torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1)) / torch.tensor(
        [0.2, 0.3, 0.4]
    ).view(3, 1, 1)
    assert torch.allclose(out, expected, atol=1e-4)
    assert out.is_contiguous(memory_format=torch.channels_last)


def test_brightness_scales():
    assert torch.allclose(tinted(photos(), tints(brightness=1.3), **PLAIN), photos() / 255 * 1.3, atol=1e-4)


def test_contrast_spreads_around_the_mean_grey():
    out = tinted(photos(), tints(contrast=0.5), **PLAIN)
    assert torch.allclose(grey(out).mean(dim=(1, 2)), grey(photos()).mean(dim=(1, 2)) / 255, atol=1e-4)
    assert torch.allclose(grey(out).std(), grey(photos()).std() / 255 / 2, atol=0.02)


def test_saturation_and_hue_keep_the_grey():
    for figures in ({"saturation": 0.2}, {"hue_radians": 0.8}):
        out = tinted(photos(), tints(**figures), **PLAIN)
        assert torch.allclose(grey(out), grey(photos()) / 255, atol=2e-3)
        assert (out - photos() / 255).abs().max() > 0.05
    assert tinted(photos(), tints(saturation=0.0), **PLAIN).std(dim=1).max() < 1e-5


def test_a_third_of_a_turn_makes_red_another_primary():
    red = torch.zeros(1, 3, 1, 1)
    red[:, 0] = 255
    hues = [
        colorsys.rgb_to_hsv(*tinted(red, tints(1, hue_radians=turn), **PLAIN).flatten().clamp(0, 1).tolist())[
            0
        ]
        for turn in (0.0, 2.094, 4.189)
    ]
    assert len({round(hue, 1) % 1 for hue in hues}) == 3


def test_each_photo_has_its_own_tint():
    mixed = Tints(torch.tensor([1.0, 0.5, 2.0]), torch.ones(3), torch.ones(3), torch.zeros(3))
    out = tinted(photos(), mixed, **PLAIN)
    assert torch.allclose(out[1], photos()[1] / 255 / 2, atol=1e-4)
    assert torch.allclose(out[2], photos()[2] / 255 * 2, atol=1e-4)
