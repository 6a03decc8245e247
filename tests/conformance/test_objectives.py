"""One contract for every objective. A new one is added to the list and passes unchanged."""

import math
from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from shelfspace.objectives.bootstrap import byol, simsiam
from shelfspace.objectives.distillation import (
    cosine_distillation,
    relational_distillation,
    similarity_distillation,
)
from shelfspace.objectives.domains import coral, mmd
from shelfspace.objectives.infonce import infonce, nt_xent
from shelfspace.objectives.margin import cosine_embedding, mined_triplet_margin, triplet_margin
from shelfspace.objectives.moco import moco, moco_v3
from shelfspace.objectives.next_item import full_softmax, sampled_softmax
from shelfspace.objectives.pairing import CLIP_LOG_SCALE, SIGLIP_BIAS, SIGLIP_LOG_SCALE, clip, siglip
from shelfspace.objectives.queue import Queue, push
from shelfspace.objectives.redundancy import barlow_twins, vicreg
from shelfspace.objectives.similarity import cosines
from shelfspace.objectives.spectral import spectral_contrastive
from shelfspace.objectives.supcon import supcon
from shelfspace.objectives.uniformity import directau

N, D = 8, 6


class Case(NamedTuple):
    """An objective as a function of two looks `[n, d]` at the same n things."""

    name: str
    loss: Callable[[Tensor, Tensor], Tensor]
    bounded_length: bool = True  # lengths are normalised inside
    turns: bool = True  # the axes carry no meaning
    pairs: bool = True  # row i of both is one thing


def twins(left: Tensor) -> Tensor:
    return torch.arange(len(left)).repeat(2)


def alike(vectors: Tensor) -> Tensor:
    """A mask over the pairs that are suspiciously near."""
    return cosines(vectors, vectors) > 0.5


def rolled_negatives(left: Tensor, right: Tensor) -> Tensor:
    """A negative for each thing, chosen by the vectors alone so that their order is no matter."""
    order = right.detach().sum(dim=1).argsort()
    nearest = torch.empty_like(order)
    nearest[order] = order.roll(1)
    return right[nearest]


def drawn_next(left: Tensor, right: Tensor) -> Tensor:
    """Each drawn once, so all of the others stand against a positive."""
    n = len(left)
    chances = torch.full((n,), -math.log(max(n, 1)), dtype=left.dtype)
    return sampled_softmax(left, right, right, chances, torch.eye(n, dtype=torch.bool))


def both_ways(loss):
    """One that learns from the second look, and the same from the first: both move."""
    return lambda a, b: loss(a, b) + loss(b, a)


def full_queue(vectors: Tensor) -> Queue:
    return push(Queue.empty(D, D, dtype=vectors.dtype), torch.eye(D, dtype=vectors.dtype))


def number(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


OBJECTIVES = [
    Case("infonce", infonce),
    Case("infonce, one way", lambda a, b: infonce(a, b, symmetric=False)),
    Case("infonce, sharp", lambda a, b: infonce(a, b, temperature=1e-4)),
    Case("infonce, queue", lambda a, b: infonce(a, b, queue=torch.eye(D, dtype=a.dtype))),
    Case("infonce, corrected", lambda a, b: infonce(a, b, log_chances=-torch.ones(len(a), dtype=b.dtype))),
    Case("infonce, mask", lambda a, b: infonce(a, b, mask=alike(b))),
    Case("nt_xent", nt_xent),
    Case("supcon", lambda a, b: supcon(torch.cat([a, b]), twins(a))),
    Case("supcon, sources", lambda a, b: supcon(torch.cat([a, b]), twins(a), sources=twins(a) * 0)),
    Case("triplet", lambda a, b: triplet_margin(a, b, rolled_negatives(a, b), margin=1.0)),
    Case(
        "triplet, hard",
        lambda a, b: mined_triplet_margin(torch.cat([a, b]), twins(a), margin=1.0, mining="hard"),
    ),
    Case("triplet, semi-hard", lambda a, b: mined_triplet_margin(torch.cat([a, b]), twins(a), margin=1.0)),
    Case(
        "triplet, all",
        lambda a, b: mined_triplet_margin(torch.cat([a, b]), twins(a), margin=1.0, mining="all"),
    ),
    Case("cosine embedding", lambda a, b: cosine_embedding(a, b, torch.ones(len(a)))),
    Case("spectral", spectral_contrastive, bounded_length=False),
    Case(
        "next item, all",
        both_ways(lambda a, b: full_softmax(a, b, torch.arange(len(a)))),
        bounded_length=False,
    ),
    Case("next item, drawn", both_ways(drawn_next), bounded_length=False),
    Case("byol", lambda a, b: byol(a, b, a, b)),
    Case("simsiam", lambda a, b: simsiam(a, b, a, b)),
    Case("barlow twins", barlow_twins, bounded_length=False, turns=False),
    Case("vicreg", vicreg, bounded_length=False, turns=False),
    Case("moco, queue", both_ways(lambda a, b: moco(a, b, full_queue(a)))),
    Case("moco v3", lambda a, b: moco_v3(a, b, a, b)),
    Case("clip", lambda a, b: clip(a, b, number(CLIP_LOG_SCALE))),
    Case("siglip", lambda a, b: siglip(a, b, number(SIGLIP_LOG_SCALE), number(SIGLIP_BIAS))),
    Case("siglip, mask", lambda a, b: siglip(a, b, number(2.0), number(-2.0), mask=alike(b))),
    Case("distillation, cosine", both_ways(cosine_distillation)),
    Case("distillation, relational", both_ways(relational_distillation)),
    Case("distillation, similarity", both_ways(similarity_distillation)),
    Case("directau", directau),
    Case("coral", coral, bounded_length=False, pairs=False),
    Case("mmd", mmd, bounded_length=False, pairs=False),
]

every_objective = pytest.mark.parametrize("case", OBJECTIVES, ids=lambda case: case.name)


def looks(noise=1.0, n=N, dtype=torch.float64):
    generator = torch.Generator().manual_seed(2)
    left = torch.nn.functional.normalize(torch.randn(n, D, generator=generator, dtype=torch.float64))
    right = left + noise * torch.randn(n, D, generator=generator, dtype=torch.float64)
    return left.to(dtype), torch.nn.functional.normalize(right).to(dtype)


def assert_sound(case, left, right):
    given = [part.clone().requires_grad_() for part in (left, right)]
    loss = case.loss(*given)
    gradients = torch.autograd.grad(loss, given, allow_unused=True)
    assert loss.shape == ()
    assert torch.isfinite(loss)
    assert all(torch.isfinite(gradient).all() for gradient in gradients if gradient is not None)
    return loss


@every_objective
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
def test_it_is_one_finite_differentiable_number(case, dtype):
    assert assert_sound(case, *looks(dtype=dtype)).dtype in (torch.float32, torch.float64)


@every_objective
def test_nearer_positives_cost_less(case):
    if not case.pairs:
        pytest.skip("it compares two crowds")
    near, far = (case.loss(*looks(noise)).item() for noise in (0.1, 3.0))
    assert near < far


@every_objective
def test_a_step_down_the_gradient_brings_positives_nearer(case):
    if not case.pairs:
        pytest.skip("it compares two crowds")
    left, right = (part.requires_grad_() for part in looks(1.0))
    before = torch.nn.functional.cosine_similarity(left, right).mean()
    for _ in range(50):
        gradients = torch.autograd.grad(case.loss(left, right), (left, right))
        with torch.no_grad():
            for part, gradient in zip((left, right), gradients, strict=True):
                part -= 0.05 * gradient / gradient.norm().clamp_min(1e-9)
    assert torch.nn.functional.cosine_similarity(left, right).mean() > before


@every_objective
def test_the_order_of_the_batch_is_no_matter(case):
    left, right = looks()
    order = torch.randperm(N, generator=torch.Generator().manual_seed(3))
    assert torch.allclose(case.loss(left, right), case.loss(left[order], right[order]))


@every_objective
def test_turning_the_whole_space_is_no_matter(case):
    if "queue" in case.name:
        pytest.skip("the queue would have to turn along")
    if not case.turns:
        pytest.skip("every axis is held apart from the others")
    left, right = looks()
    turn = torch.linalg.qr(
        torch.randn(D, D, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    )[0]
    if case.name == "triplet":
        pytest.skip("its negatives are chosen by coordinates here")
    assert torch.allclose(case.loss(left, right), case.loss(left @ turn, right @ turn))


@every_objective
def test_lengths_are_no_matter(case):
    if not case.bounded_length:
        pytest.skip("lengths carry meaning here")
    left, right = looks()
    if case.name == "triplet":
        pytest.skip("its negatives are chosen by coordinates here")
    lengths = torch.linspace(0.1, 9.0, N, dtype=torch.float64)[:, None]
    assert torch.allclose(case.loss(left, right), case.loss(left * lengths, right / lengths))


@every_objective
@pytest.mark.parametrize(
    "spoil",
    [
        lambda a, b: (a[:0], b[:0]),
        lambda a, b: (a[:1], b[:1]),
        lambda a, b: (a * 0, b * 0),
        lambda a, b: (a, b * 0),
        lambda a, b: (a[:1].repeat(N, 1), a[:1].repeat(N, 1)),
        lambda a, b: (a, a),
        lambda a, b: (a, -a),
        lambda a, b: (a * 1e-30, b * 1e-30),
        lambda a, b: (a * 1e-8, b),
    ],
    ids=["none", "one", "zeros", "half zeros", "all the same", "equal", "opposite", "minute", "short"],
)
def test_degenerate_batches_are_never_nan(case, spoil):
    assert_sound(case, *spoil(*looks(dtype=torch.float32)))


@every_objective
def test_long_vectors_are_never_nan(case):
    left, right = looks(dtype=torch.float32)
    scale = 1e15 if case.bounded_length else 1e4
    assert_sound(case, left * scale, right * scale)


@every_objective
def test_it_neither_draws_random_numbers_nor_changes_its_input(case):
    left, right = looks()
    kept = left.clone(), right.clone()
    state = torch.random.get_rng_state()
    assert torch.equal(case.loss(left, right), case.loss(left, right))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(left, kept[0])
    assert torch.equal(right, kept[1])
