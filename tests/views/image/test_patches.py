import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.views.image.patches import covered, patch_masks


def masks(n=50, size=24, seed=0, **options):
    return patch_masks(n, size, torch.Generator().manual_seed(seed), **options)


def test_whole_patches_are_hidden_as_many_in_each():
    hidden = masks(patch=4, share=0.5)
    assert hidden.shape == (50, 24, 24)
    assert (hidden.sum(dim=(1, 2)) == 18 * 16).all()
    cells = hidden.view(50, 6, 4, 6, 4).float().mean(dim=(2, 4))
    assert ((cells == 0) | (cells == 1)).all()


def test_every_place_is_hidden_as_often():
    often = masks(n=2000, size=16, patch=4, share=0.25).float().mean(dim=0)
    assert (often - 0.25).abs().max() < 0.06


def test_the_generator_decides():
    assert torch.equal(masks(), masks())
    assert not torch.equal(masks(), masks(seed=1))


def test_the_ends_and_none():
    assert not masks(share=0.0).any()
    assert masks(share=1.0).all()
    assert masks(n=0).shape == (0, 24, 24)


def test_hidden_pixels_are_zero_and_others_stay():
    images, hidden = torch.ones(50, 3, 24, 24), masks()
    out = covered(images, hidden)
    assert torch.equal(out.sum(dim=1) == 0, hidden)


def test_other_figures_are_refused():
    for options in ({"patch": 5}, {"patch": 0}, {"share": 1.1}):
        with pytest.raises(OptionError):
            masks(**options)
