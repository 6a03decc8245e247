import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.reconstruction import reconstruction


def images(seed, n=2, side=4):
    return torch.randn(n, 3, side, side, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def a_mask():
    return torch.rand(2, 4, 4, generator=torch.Generator().manual_seed(7)) < 0.5


def loop(predicted, truth, mask):
    total, count = 0.0, 0
    for i in range(2):
        for y in range(4):
            for x in range(4):
                if mask[i, y, x]:
                    total += (
                        sum((predicted[i, c, y, x] - truth[i, c, y, x]).item() ** 2 for c in range(3)) / 3
                    )
                    count += 1
    return total / count


def test_it_equals_the_loop():
    everywhere = torch.ones(2, 4, 4, dtype=torch.bool)
    assert reconstruction(images(0), images(1)).item() == pytest.approx(
        loop(images(0), images(1), everywhere)
    )
    assert reconstruction(images(0), images(1), a_mask()).item() == pytest.approx(
        loop(images(0), images(1), a_mask())
    )


def test_what_was_seen_does_not_count():
    predicted = torch.where(a_mask()[:, None], images(1), images(0))
    assert reconstruction(predicted, images(1), a_mask()).item() == 0
    assert reconstruction(predicted, images(1)).item() > 0


def test_targets_can_be_normalised_within_patches():
    zeros = torch.zeros(2, 3, 4, 4, dtype=torch.float64)
    assert reconstruction(zeros, 9 * images(1) + 5, patch=2).item() == pytest.approx(1, abs=1e-4)
    assert reconstruction(zeros, zeros + 3, patch=2).item() == 0  # plain patches
    one = images(1)[:1, :, :2, :2]
    expected = (one - one.mean()) / one.std(correction=0)
    whole = reconstruction(zeros[:1, :, :2, :2] + 1, one, patch=2)
    assert whole.item() == pytest.approx((1 - expected).square().mean().item(), abs=1e-4)


def test_gradients_are_right_and_stop_at_the_images():
    predicted, truth = images(0).requires_grad_(), images(1).requires_grad_()
    for options in ({}, {"mask": a_mask()}, {"patch": 2}):
        assert torch.autograd.gradcheck(
            lambda p, o=options: reconstruction(p, truth.detach(), **o), (predicted,)
        )
    reconstruction(predicted, truth).backward()
    assert truth.grad is None


def test_half_precision_is_measured_in_full():
    loss = reconstruction(images(0).bfloat16(), images(1).bfloat16())
    assert loss.dtype == torch.float32


def test_nothing_hidden_and_no_image_cost_nothing():
    predicted = images(0).requires_grad_()
    for loss in (
        reconstruction(predicted, images(1), torch.zeros(2, 4, 4, dtype=torch.bool)),
        reconstruction(predicted[:0], images(1)[:0]),
        reconstruction(predicted[:0], images(1)[:0], a_mask()[:0], patch=2),
    ):
        assert loss.item() == 0
        loss.backward()
    assert not predicted.grad.any()


def test_other_shapes_are_refused():
    for given in (
        (images(0), images(1)[:1]),
        (images(0)[0], images(1)[0]),
        (images(0), images(1), a_mask()[:, :2]),
        (images(0), images(1), a_mask().float()),
    ):
        with pytest.raises(OptionError):
            reconstruction(*given)
    with pytest.raises(OptionError):
        reconstruction(images(0), images(1), patch=3)
