import math

import pytest
import torch
from torch.nn import functional

from shelfspace.errors import OptionError
from shelfspace.objectives.label_noise import (
    generalised_cross_entropy,
    symmetric_cross_entropy,
    trimmed_cross_entropy,
)

LOGITS = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
CLASSES = torch.tensor([0, 3, 1, 1, 2, 0])
ROBUST = {
    "generalised": generalised_cross_entropy,
    "symmetric": symmetric_cross_entropy,
    "trimmed": lambda logits, classes: trimmed_cross_entropy(logits, classes, share=0.4),
}
each = pytest.mark.parametrize("loss", ROBUST.values(), ids=ROBUST)


def probabilities():
    rows = []
    for logits, one in zip(LOGITS.tolist(), CLASSES.tolist(), strict=True):
        total = sum(math.exp(value) for value in logits)
        rows.append(math.exp(logits[one]) / total)
    return rows


def test_generalised_equals_the_loop():
    wanted = sum((1 - p**0.4) / 0.4 for p in probabilities()) / 6
    assert generalised_cross_entropy(LOGITS, CLASSES, q=0.4).item() == pytest.approx(wanted)


def test_generalised_lies_between_cross_entropy_and_absolute_error():
    near = generalised_cross_entropy(LOGITS, CLASSES, q=1e-6)
    assert near.item() == pytest.approx(functional.cross_entropy(LOGITS, CLASSES).item(), rel=1e-5)
    errors = sum(1 - p for p in probabilities()) / 6
    assert generalised_cross_entropy(LOGITS, CLASSES, q=1.0).item() == pytest.approx(errors)


def test_symmetric_equals_the_loop():
    wanted = sum(-0.5 * math.log(p) + 2.0 * 4 * (1 - p) for p in probabilities()) / 6
    found = symmetric_cross_entropy(LOGITS, CLASSES, forward=0.5, reverse=2.0)
    assert found.item() == pytest.approx(wanted)


def test_trimmed_leaves_out_what_costs_most():
    costs = sorted(-math.log(p) for p in probabilities())
    found = trimmed_cross_entropy(LOGITS, CLASSES, share=0.4)  # 2.4 of 6: 2 are left out
    assert found.item() == pytest.approx(sum(costs[:4]) / 4)
    plain = functional.cross_entropy(LOGITS, CLASSES)
    assert trimmed_cross_entropy(LOGITS, CLASSES, share=0.0).item() == pytest.approx(plain.item())


@pytest.mark.parametrize("name", ["generalised", "trimmed"])
def test_a_hopelessly_wrong_label_pulls_less_than_by_cross_entropy(name):
    logits = torch.tensor([[8.0, 0.0], [1.0, 0.0]], dtype=torch.float64, requires_grad=True)
    wrong = torch.tensor([1, 0])

    def pull(loss):
        (gradient,) = torch.autograd.grad(loss, logits)
        return gradient[0].abs().max().item()

    share = {"trimmed": lambda a, b: trimmed_cross_entropy(a, b, share=0.5)}.get(name, ROBUST[name])
    assert pull(share(logits, wrong)) < 0.1 * pull(functional.cross_entropy(logits, wrong))


@each
def test_gradients_are_those_of_differences(loss):
    assert torch.autograd.gradcheck(lambda logits: loss(logits, CLASSES), LOGITS.clone().requires_grad_())


@each
def test_degenerate_rows(loss):
    none = torch.zeros(0, 3, requires_grad=True)
    loss(none, torch.zeros(0, dtype=torch.int64)).backward()
    assert none.grad.shape == (0, 3)
    extreme = torch.tensor([[1e4, -1e4], [-1e4, 1e4]], requires_grad=True)
    value = loss(extreme, torch.tensor([1, 1]))
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(extreme.grad).all()
    assert torch.isfinite(loss(torch.zeros(1, 1), torch.tensor([0])))
    half = loss(LOGITS.to(torch.bfloat16), CLASSES)
    assert half.dtype == torch.float32


def test_what_is_out_of_range_is_refused():
    for q in (0.0, 1.1):
        with pytest.raises(OptionError, match="q is"):
            generalised_cross_entropy(LOGITS, CLASSES, q=q)
    with pytest.raises(OptionError, match="weights"):
        symmetric_cross_entropy(LOGITS, CLASSES, reverse=-1)
    for share in (-0.1, 1.0):
        with pytest.raises(OptionError, match="share is"):
            trimmed_cross_entropy(LOGITS, CLASSES, share=share)
    with pytest.raises(OptionError, match="classes"):
        generalised_cross_entropy(LOGITS, CLASSES[:2])
