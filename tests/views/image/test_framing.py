import torch

from shelfspace.views.image.framing import blurs, framed, placements


def whole(n_in, n_out):
    return placements(torch.zeros(1), torch.full((1,), float(n_in)), n_in, n_out)


def test_the_whole_at_its_size_is_itself():
    assert torch.allclose(whole(7, 7)[0], torch.eye(7), atol=1e-6)


def test_shrinking_averages_and_keeps_the_mean():
    matrix = whole(8, 2)[0]
    assert torch.allclose(matrix.sum(dim=1), torch.ones(2))
    ramp = matrix @ torch.arange(8.0)
    assert torch.allclose(ramp.mean(), torch.tensor(3.5))
    assert ramp[0] < 2.5
    assert ramp[1] > 4.5


def test_enlarging_interpolates_as_torch_does():
    photo = torch.randint(0, 256, (2, 5, 5, 3), dtype=torch.uint8)
    ours = framed(photo, whole(5, 11), whole(5, 11))
    theirs = torch.nn.functional.interpolate(
        photo.permute(0, 3, 1, 2).float(), 11, mode="bilinear", align_corners=False
    )
    assert torch.allclose(ours, theirs, atol=1e-3)


def test_shrinking_is_torch_s_antialiased_triangle():
    photo = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    ours = framed(photo, whole(32, 8), whole(32, 8))
    theirs = torch.nn.functional.interpolate(
        photo.permute(0, 3, 1, 2).float(), 8, mode="bilinear", align_corners=False, antialias=True
    )
    assert torch.allclose(ours, theirs, atol=1e-2)


def test_each_photo_has_its_own_frame():
    photos = torch.arange(2 * 4 * 6 * 3).reshape(2, 4, 6, 3).to(torch.uint8)
    down = placements(torch.tensor([0.0, 1.0]), torch.tensor([2.0, 2.0]), 4, 2)
    across = placements(torch.tensor([2.0, 5.0]), torch.tensor([3.0, -3.0]), 6, 3)
    out = framed(photos, down, across)
    assert torch.allclose(out[0], photos[0, 0:2, 2:5].permute(2, 0, 1).float())
    assert torch.allclose(out[1], photos[1, 1:3, 2:5].flip(1).permute(2, 0, 1).float())


def test_blur_keeps_the_mean_of_a_row_and_evens_it():
    matrix = blurs(torch.tensor([0.0, 2.0]), 9)
    assert torch.allclose(matrix.sum(dim=2), torch.ones(2, 9))
    assert torch.allclose(matrix[0], torch.eye(9), atol=1e-6)
    spike = torch.zeros(9)
    spike[4] = 1
    soft = matrix[1] @ spike
    assert soft[4] < 0.3
    assert soft[0] > 0
