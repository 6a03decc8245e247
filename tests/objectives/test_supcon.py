import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.supcon import supcon

N, D = 9, 4


@pytest.fixture
def vectors():
    return torch.randn(N, D, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


LABELS = torch.tensor([0, 1, 0, 2, 1, 0, 3, 4, 3])  # 2 and 4 occur once
SOURCES = torch.tensor([0, 0, 1, 1, 0, 1, 1, 0, 1])


def reference(vectors, labels, temperature, may_differ):
    def s(i, j):
        a, b = vectors[i].tolist(), vectors[j].tolist()
        return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b) / temperature

    losses = []
    for i in range(len(labels)):
        positives = [j for j in range(len(labels)) if j != i and labels[j] == labels[i]]
        if not positives:
            continue
        others = [
            j for j in range(len(labels)) if j in positives or (labels[j] != labels[i] and may_differ(i, j))
        ]
        denominator = sum(math.exp(s(i, a)) for a in others)
        losses.append(-sum(math.log(math.exp(s(i, p)) / denominator) for p in positives) / len(positives))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("temperature", [0.07, 1.0])
def test_it_equals_the_loop(vectors, temperature):
    expected = reference(vectors, LABELS, temperature, lambda i, j: True)
    assert supcon(vectors, LABELS, temperature=temperature).item() == pytest.approx(expected, rel=1e-9)


def test_only_the_own_source_gives_negatives(vectors):
    expected = reference(vectors, LABELS, 0.1, lambda i, j: SOURCES[i] == SOURCES[j])
    assert supcon(vectors, LABELS, sources=SOURCES).item() == pytest.approx(expected, rel=1e-9)


def test_masked_pairs_are_left_out_but_positives_are_not(vectors):
    mask = torch.rand(N, N, generator=torch.Generator().manual_seed(1)) < 0.5
    expected = reference(vectors, LABELS, 0.1, lambda i, j: not mask[i, j])
    assert supcon(vectors, LABELS, mask=mask).item() == pytest.approx(expected, rel=1e-9)


def test_its_gradients_are_right(vectors):
    vectors.requires_grad_()
    assert torch.autograd.gradcheck(lambda v: supcon(v, LABELS, temperature=0.5, sources=SOURCES), (vectors,))


def test_without_positives_it_is_zero_with_gradient_zero(vectors):
    for rows in (vectors, vectors[:1], vectors[:0]):
        given = rows.clone().requires_grad_()
        loss = supcon(given, torch.arange(len(rows)))
        loss.backward()
        assert loss.item() == 0.0
        assert not given.grad.any()


def test_items_without_positives_get_only_the_push_of_others(vectors):
    alone = torch.tensor([0, 0, 1])
    vectors = vectors[:3].requires_grad_()
    supcon(vectors, alone).backward()
    assert torch.isfinite(vectors.grad).all()
    assert vectors.grad[2].any()


def test_all_of_one_label(vectors):
    loss = supcon(torch.ones(4, D), torch.zeros(4, dtype=torch.long), temperature=0.1)
    assert loss.item() == pytest.approx(math.log(3))


def test_names_of_labels_do_not_matter(vectors):
    assert torch.equal(supcon(vectors, LABELS), supcon(vectors, LABELS * 17 - 5))


def test_what_does_not_fit_is_refused(vectors):
    for wrong in (
        {"labels": LABELS[:-1]},
        {"sources": SOURCES[:-1]},
        {"mask": torch.ones(N, 1) > 0},
        {"temperature": -1.0},
    ):
        with pytest.raises(OptionError):
            supcon(vectors, **{"labels": LABELS, **wrong})
