import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.margin import cosine_embedding, mined_triplet_margin, triplet_margin

N, D = 10, 3
LABELS = torch.tensor([0, 1, 0, 2, 1, 0, 3, 1, 2, 4])


@pytest.fixture
def vectors():
    return torch.randn(N, D, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)


def mined(vectors, labels, margin, mining):
    rows = vectors.tolist()
    s = [[cosine(a, b) for b in rows] for a in rows]
    losses = []
    for a in range(len(rows)):
        positives = [j for j in range(len(rows)) if j != a and labels[j] == labels[a]]
        negatives = [j for j in range(len(rows)) if labels[j] != labels[a]]
        if not positives or not negatives:
            continue
        triplets = [(p, n) for p in positives for n in negatives]
        if mining == "hard":
            triplets = [(min(positives, key=lambda j: s[a][j]), max(negatives, key=lambda j: s[a][j]))]
        if mining == "semi-hard":
            triplets = []
            for p in positives:
                farther = [n for n in negatives if s[a][n] < s[a][p]]
                nearest = max(farther, key=lambda j: s[a][j]) if farther else None
                triplets.append((p, nearest if farther else min(negatives, key=lambda j: s[a][j])))
        losses += [max(0.0, margin - s[a][p] + s[a][n]) for p, n in triplets]
    return sum(losses) / len(losses)


@pytest.mark.parametrize("mining", ["all", "hard", "semi-hard"])
@pytest.mark.parametrize("margin", [0.0, 0.2, 1.5])
def test_mined_triplets_equal_the_loop(vectors, mining, margin):
    loss = mined_triplet_margin(vectors, LABELS, margin=margin, mining=mining)
    assert loss.item() == pytest.approx(mined(vectors, LABELS, margin, mining), rel=1e-9)


@pytest.mark.parametrize("mining", ["all", "hard", "semi-hard"])
def test_mined_gradients_are_right(vectors, mining):
    vectors.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda v: mined_triplet_margin(v, LABELS, margin=0.7, mining=mining), (vectors,)
    )


@pytest.mark.parametrize("mining", ["all", "hard", "semi-hard"])
@pytest.mark.parametrize(
    "labels", [[0, 0, 0], [0, 1, 2], [0], []], ids=["one label", "no pair", "one", "none"]
)
def test_no_triplet_gives_zero(vectors, mining, labels):
    given = vectors[: len(labels)].clone().requires_grad_()
    loss = mined_triplet_margin(given, torch.tensor(labels, dtype=torch.long), mining=mining)
    loss.backward()
    assert loss.item() == 0.0
    assert not given.grad.any()


def test_semi_hard_falls_back_to_the_farthest_negative():
    angles = torch.tensor([0.0, 1.0, 0.2, 0.5], dtype=torch.float64)
    vectors = torch.stack([angles.cos(), angles.sin()], dim=1)
    labels = torch.tensor([0, 0, 1, 1])
    loss = mined_triplet_margin(vectors, labels, margin=0.0, mining="semi-hard")
    assert loss.item() == pytest.approx(mined(vectors, labels, 0.0, "semi-hard"))
    assert loss.item() > 0


def test_triplet_margin_is_half_the_squared_distance_form(vectors):
    units = [torch.nn.functional.normalize(part) for part in (vectors[:3], vectors[3:6], vectors[6:9])]
    a, p, n = units
    paper = ((a - p).square().sum(1) - (a - n).square().sum(1) + 0.6).clamp_min(0).mean()
    assert triplet_margin(vectors[:3], vectors[3:6], vectors[6:9], margin=0.3).item() == pytest.approx(
        paper / 2
    )


def test_triplet_gradients_are_right(vectors):
    parts = tuple(vectors[i : i + 3].clone().requires_grad_() for i in (0, 3, 6))
    assert torch.autograd.gradcheck(lambda a, p, n: triplet_margin(a, p, n, margin=1.0), parts)


def test_cosine_embedding_equals_the_loop_and_torch(vectors):
    left, right = vectors[:5], vectors[5:]
    labels = torch.tensor([1, 0, 0, 1, 0])
    weights = torch.tensor([0.5, 2.0, 0.0, 1.0, 1.0], dtype=torch.float64)
    s = [cosine(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    each = [1 - x if label else max(0.0, x + 0.1) for x, label in zip(s, labels.tolist(), strict=True)]
    expected = sum(w * x for w, x in zip(weights.tolist(), each, strict=True)) / 4.5
    loss = cosine_embedding(left, right, labels, margin=-0.1, weights=weights)
    assert loss.item() == pytest.approx(expected)
    torchs = torch.nn.functional.cosine_embedding_loss(left, right, labels * 2 - 1, margin=-0.1)
    assert torch.allclose(cosine_embedding(left, right, labels, margin=-0.1), torchs)


def test_cosine_embedding_gradients_are_right(vectors):
    left, right = (part.clone().requires_grad_() for part in (vectors[:5], vectors[5:]))
    labels = torch.tensor([1, 0, 0, 1, 0])
    assert torch.autograd.gradcheck(lambda a, b: cosine_embedding(a, b, labels, margin=0.1), (left, right))


def test_weights_of_zero_give_zero(vectors):
    assert cosine_embedding(vectors, vectors, torch.ones(N), weights=torch.zeros(N)).item() == 0.0


def test_what_does_not_fit_is_refused(vectors):
    for call in (
        lambda: triplet_margin(vectors, vectors, vectors[:2]),
        lambda: triplet_margin(vectors, vectors, vectors, margin=-0.1),
        lambda: mined_triplet_margin(vectors, LABELS, mining="soft"),
        lambda: mined_triplet_margin(vectors, LABELS[:-1]),
        lambda: cosine_embedding(vectors, vectors, LABELS, margin=2.0),
        lambda: cosine_embedding(vectors, vectors, LABELS[:-1]),
    ):
        with pytest.raises(OptionError):
            call()
