import torch

from shelfspace.views.image.backgrounds import background_masks, with_backgrounds


def product_photo():
    photo = torch.full((1, 32, 32, 3), 250, dtype=torch.uint8)
    photo[:, 8:24, 8:24] = torch.tensor([20, 60, 200], dtype=torch.uint8)
    photo[:, 14:18, 14:18] = 250  # a white label, not background
    return photo


def test_the_product_and_its_white_label_stay():
    mask = background_masks(product_photo())[0]
    assert mask.sum() == 32 * 32 - 16 * 16
    assert not mask[8:24, 8:24].any()


def test_a_scene_without_plain_background_is_left_alone():
    scene = torch.randint(
        0, 256, (2, 32, 32, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )
    assert not background_masks(scene).any()
    assert torch.equal(with_backgrounds(scene, torch.Generator().manual_seed(1)), scene)


def test_the_background_changes_and_the_product_does_not():
    photo = product_photo()
    out = with_backgrounds(photo, torch.Generator().manual_seed(1))
    mask = background_masks(photo)
    assert torch.equal(out[~mask], photo[~mask])
    assert (out[mask].float() - 250).abs().mean() > 20
    assert torch.equal(out, with_backgrounds(photo, torch.Generator().manual_seed(1)))


def test_no_photo_gives_none():
    none = torch.zeros(0, 8, 8, 3, dtype=torch.uint8)
    assert with_backgrounds(none, torch.Generator()).shape == none.shape
