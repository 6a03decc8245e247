import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.infonce import infonce, nt_xent
from shelfspace.objectives.supcon import supcon

N, D, Q = 6, 5, 4


@pytest.fixture
def pairs():
    generator = torch.Generator().manual_seed(0)
    return tuple(torch.randn(N, D, generator=generator, dtype=torch.float64) for _ in range(2))


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.dist(a, [0] * D) / math.dist(b, [0] * D)


def one_way(anchors, keys, temperature, mask, weights):
    total = 0.0
    for i, anchor in enumerate(anchors):
        kept = [j for j in range(len(keys)) if j == i or not mask[i][j]]
        denominator = sum(math.exp(cosine(anchor, keys[j]) / temperature) for j in kept)
        total -= weights[i] * math.log(math.exp(cosine(anchor, keys[i]) / temperature) / denominator)
    return total / sum(weights)


def reference(anchors, positives, temperature, mask, queue, weights, symmetric):
    a, p, q = anchors.tolist(), positives.tolist(), queue.tolist()
    forward = one_way(a, p + q, temperature, [row + [False] * len(q) for row in mask], weights)
    if not symmetric:
        return forward
    turned = [[mask[j][i] for j in range(len(a))] for i in range(len(a))]
    return (forward + one_way(p, a, temperature, turned, weights)) / 2


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("temperature", [0.05, 1.0])
@pytest.mark.parametrize("extras", ["none", "mask", "queue", "weights", "all"])
def test_it_equals_the_loop(pairs, extras, temperature, symmetric):
    generator = torch.Generator().manual_seed(1)
    mask = torch.rand(N, N, generator=generator) < 0.4  # the diagonal included, which must not matter
    queue = torch.randn(Q, D, generator=generator, dtype=torch.float64)
    weights = torch.rand(N, generator=generator, dtype=torch.float64)
    given = {
        "mask": mask if extras in ("mask", "all") else None,
        "queue": queue if extras in ("queue", "all") else None,
        "weights": weights if extras in ("weights", "all") else None,
    }
    expected = reference(
        *pairs,
        temperature,
        mask.tolist() if given["mask"] is not None else [[False] * N] * N,
        queue if given["queue"] is not None else queue[:0],
        weights.tolist() if given["weights"] is not None else [1.0] * N,
        symmetric,
    )
    loss = infonce(*pairs, temperature=temperature, symmetric=symmetric, **given)
    assert loss.item() == pytest.approx(expected, rel=1e-9)


def test_a_wide_mask_reaches_the_queue(pairs):
    queue = torch.cat([pairs[1][:1], torch.ones(1, D, dtype=torch.float64)])
    mask = torch.zeros(N, N + 2, dtype=torch.bool)
    mask[:, N:] = True
    assert torch.allclose(
        infonce(*pairs, queue=queue, mask=mask, symmetric=False), infonce(*pairs, symmetric=False)
    )
    mask[:, -1] = False
    assert torch.allclose(
        infonce(*pairs, queue=queue, mask=mask, symmetric=False),
        infonce(*pairs, queue=queue[1:], symmetric=False),
    )


def test_its_gradients_are_right(pairs):
    left, right = (part.requires_grad_() for part in pairs)
    temperature = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    mask = torch.eye(N, dtype=torch.bool).roll(1, 0)
    queue = torch.ones(2, D, dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda a, b, t: infonce(a, b, temperature=t, mask=mask, queue=queue), (left, right, temperature)
    )
    assert torch.autograd.gradcheck(lambda a, b: nt_xent(a, b, temperature=0.3), (left, right))


def test_symmetric_means_that_sides_may_be_swapped(pairs):
    left, right = pairs
    assert torch.allclose(infonce(left, right), infonce(right, left))
    assert torch.allclose(nt_xent(left, right), nt_xent(right, left))


def test_the_known_value_of_orthogonal_pairs():
    eye = torch.eye(4, dtype=torch.float64)
    expected = -math.log(math.e / (math.e + 3))
    assert infonce(eye, eye, temperature=1.0).item() == pytest.approx(expected)
    expected = -math.log(math.e / (math.e + 6))
    assert nt_xent(eye, eye, temperature=1.0).item() == pytest.approx(expected)


def test_nt_xent_equals_the_loop(pairs):
    views = torch.cat(pairs).tolist()
    total = 0.0
    for i in range(2 * N):
        terms = {k: math.exp(cosine(views[i], views[k]) / 0.5) for k in range(2 * N) if k != i}
        total -= math.log(terms[(i + N) % (2 * N)] / sum(terms.values()))
    assert nt_xent(*pairs, temperature=0.5).item() == pytest.approx(total / (2 * N), rel=1e-9)


def test_nt_xent_is_supervised_contrast_with_one_positive(pairs):
    labels = torch.arange(N).repeat(2)
    assert torch.allclose(nt_xent(*pairs, temperature=0.2), supcon(torch.cat(pairs), labels, temperature=0.2))


def test_one_pair_or_all_masked_has_nothing_to_tell_apart(pairs):
    left, right = (part.requires_grad_() for part in pairs)
    everything = torch.ones(N, N, dtype=torch.bool)
    for loss in (
        infonce(left[:1], right[:1]),
        infonce(left, right, mask=everything),
        nt_xent(left[:1], right[:1]),
    ):
        gradients = torch.autograd.grad(loss, (left, right), retain_graph=True)
        assert loss.item() == 0.0
        assert all(gradient.abs().max() == 0 for gradient in gradients)


def test_weights_of_zero_give_zero(pairs):
    loss = infonce(*(part.requires_grad_() for part in pairs), weights=torch.zeros(N))
    loss.backward()
    assert loss.item() == 0.0
    assert pairs[0].grad.abs().max() == 0


def test_autocast_does_not_coarsen_it(pairs):
    left, right = (part.float() for part in pairs)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = infonce(left, right)
    assert torch.equal(inside, infonce(left, right))


def test_what_does_not_fit_is_refused(pairs):
    left, right = pairs
    for call in (
        lambda: infonce(left, right[:-1]),
        lambda: infonce(left.long(), right.long()),
        lambda: infonce(left[0], right[0]),
        lambda: infonce(left, right, temperature=0.0),
        lambda: infonce(left, right, temperature=float("nan")),
        lambda: infonce(left, right, weights=torch.ones(N + 1)),
        lambda: infonce(left, right, mask=torch.ones(N, N - 1, dtype=torch.bool)),
        lambda: infonce(left, right, queue=torch.ones(D)),
        lambda: nt_xent(left, right[:-1]),
    ):
        with pytest.raises(OptionError):
            call()


def test_a_correction_makes_up_for_what_is_drawn_more_often(pairs):
    anchors, positives = pairs
    chances = torch.tensor([0.5, 0.1, 0.1, 0.1, 0.1, 0.1], dtype=anchors.dtype)
    found = infonce(anchors, positives, temperature=0.3, log_chances=chances.log(), symmetric=False)
    cosine = torch.nn.functional.cosine_similarity(anchors[:, None], positives[None], dim=2) / 0.3
    expected = 0.0
    for i in range(6):
        total = sum(math.exp(cosine[i, j]) / chances[j] for j in range(6))
        expected -= math.log(math.exp(cosine[i, i]) / chances[i] / total) / 6
    assert found.item() == pytest.approx(float(expected))
    flat = torch.full((6,), -3.0, dtype=anchors.dtype)
    assert torch.allclose(
        infonce(anchors, positives, log_chances=flat, symmetric=False),
        infonce(anchors, positives, symmetric=False),
    )
