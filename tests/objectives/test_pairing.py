import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.infonce import infonce
from shelfspace.objectives.pairing import CLIP_LOG_SCALE, SIGLIP_BIAS, SIGLIP_LOG_SCALE, clip, siglip

N, D = 5, 4


def sides():
    generator = torch.Generator().manual_seed(0)
    return tuple(torch.randn(N, D, generator=generator, dtype=torch.float64) for _ in range(2))


def number(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def siglip_loop(photos, texts, scale, bias, mask):
    total = 0.0
    for i, p in enumerate(photos.tolist()):
        for j, t in enumerate(texts.tolist()):
            if i != j and mask[i][j]:
                continue
            s = sum(x * y for x, y in zip(p, t, strict=True)) / math.dist(p, [0] * D) / math.dist(t, [0] * D)
            z = 1 if i == j else -1
            total += math.log1p(math.exp(-z * (scale * s + bias)))
    return total / len(photos)


def test_clip_is_infonce_at_the_learnt_temperature():
    for scale in (CLIP_LOG_SCALE, 0.0):
        expected = infonce(*sides(), temperature=math.exp(-scale))
        assert clip(*sides(), number(scale)).item() == pytest.approx(expected.item())
    held = infonce(*sides(), temperature=0.01)
    assert clip(*sides(), number(50.0)).item() == pytest.approx(held.item())


@pytest.mark.parametrize("masked", [False, True])
def test_siglip_equals_the_loop(masked):
    mask = torch.rand(N, N, generator=torch.Generator().manual_seed(1)) < 0.4 * masked
    for scale, bias in ((10.0, -10.0), (1.0, 0.5)):
        ours = siglip(*sides(), number(math.log(scale)), number(bias), mask=mask if masked else None)
        assert ours.item() == pytest.approx(siglip_loop(*sides(), scale, bias, mask.tolist()))


def test_siglip_in_closed_form():
    things = torch.eye(3, dtype=torch.float64)
    expected = math.log1p(math.exp(-3.0)) + 2 * math.log1p(math.exp(-1.0))
    assert siglip(things, things, number(math.log(4.0)), number(-1.0)).item() == pytest.approx(expected)


def test_gradients_are_right_for_the_parameters_too():
    photos, texts = (part.requires_grad_() for part in sides())
    assert torch.autograd.gradcheck(clip, (photos, texts, number(1.0)))
    assert torch.autograd.gradcheck(siglip, (photos, texts, number(1.0), number(-1.0)))


def test_both_sides_are_equals():
    photos, texts = sides()
    scale, bias = number(SIGLIP_LOG_SCALE), number(SIGLIP_BIAS)
    assert siglip(photos, texts, scale, bias).item() == pytest.approx(
        siglip(texts, photos, scale, bias).item()
    )
    assert clip(photos, texts, scale).item() == pytest.approx(clip(texts, photos, scale).item())


def test_degenerate_batches_and_extreme_parameters_are_finite():
    none = torch.zeros(0, D, requires_grad=True)
    assert siglip(none, none, number(2.0), number(0.0)).item() == 0
    for scale, bias in ((1000.0, 0.0), (-1000.0, 0.0), (2.0, 1e6), (2.0, -1e6)):
        loss = siglip(*sides(), number(scale), number(bias))
        assert torch.isfinite(loss)
        assert torch.isfinite(clip(*sides(), number(min(scale, 50.0))) if scale > -100 else loss)


def test_other_shapes_are_refused():
    with pytest.raises(OptionError):
        siglip(*sides(), torch.zeros(1), number(0.0))
    with pytest.raises(OptionError):
        siglip(*sides(), number(0.0), number(0.0), mask=torch.zeros(N, dtype=torch.bool))
    with pytest.raises(OptionError):
        clip(sides()[0], sides()[1][:3], number(0.0))
