import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.moco import moco, moco_v3
from shelfspace.objectives.queue import Queue, push

N, D, Q = 4, 5, 6


def rows(n, seed):
    return torch.randn(n, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def full_queue():
    return push(Queue.empty(Q + 3, D, dtype=torch.float64), rows(Q, 9))


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.dist(a, [0] * D) / math.dist(b, [0] * D)


def moco_loop(queries, keys, negatives, temperature):
    total = 0.0
    for q, k in zip(queries.tolist(), keys.tolist(), strict=True):
        near = math.exp(cosine(q, k) / temperature)
        total -= math.log(
            near / (near + sum(math.exp(cosine(q, z) / temperature) for z in negatives.tolist()))
        )
    return total / len(queries)


def v3_loop(q_a, q_b, k_a, k_b, temperature):
    total = 0.0
    for queries, keys in ((q_a.tolist(), k_b.tolist()), (q_b.tolist(), k_a.tolist())):
        for i, q in enumerate(queries):
            shares = [math.exp(cosine(q, k) / temperature) for k in keys]
            total -= 2 * temperature * math.log(shares[i] / sum(shares)) / len(queries)
    return total


@pytest.mark.parametrize("temperature", [0.07, 0.2, 1.0])
def test_they_equal_the_loops(temperature):
    expected = moco_loop(rows(N, 0), rows(N, 1), rows(Q, 9), temperature)
    assert moco(rows(N, 0), rows(N, 1), full_queue(), temperature=temperature).item() == pytest.approx(
        expected
    )
    four = [rows(N, seed) for seed in range(4)]
    assert moco_v3(*four, temperature=temperature).item() == pytest.approx(v3_loop(*four, temperature))


def test_the_closed_form_of_equal_similarities():
    same = torch.ones(3, D)
    assert moco(same, same, push(Queue.empty(7, D), torch.ones(7, D))).item() == pytest.approx(math.log(8))
    assert moco_v3(same, same, same, same, temperature=0.5).item() == pytest.approx(2 * math.log(3))


def test_gradients_are_right_and_stop_at_the_keys():
    queries, keys = rows(N, 0).requires_grad_(), rows(N, 1).requires_grad_()
    assert torch.autograd.gradcheck(lambda q: moco(q, keys.detach(), full_queue()), (queries,))
    assert torch.autograd.gradcheck(lambda q: moco_v3(q, q, keys.detach(), keys.detach()), (queries,))
    (moco(queries, keys, full_queue()) + moco_v3(queries, queries, keys, keys)).backward()
    assert keys.grad is None


def test_an_empty_queue_and_no_thing_cost_nothing():
    queries = rows(N, 0).requires_grad_()
    for loss in (
        moco(queries, rows(N, 1), Queue.empty(4, D)),
        moco(queries[:0], rows(0, 1), full_queue()),
        moco_v3(queries[:1], queries[:1], rows(1, 1), rows(1, 1)),
    ):
        assert loss.item() == 0
        loss.backward()
    assert not queries.grad.any()


def test_extreme_sharpness_is_finite():
    assert torch.isfinite(moco(rows(N, 0), -rows(N, 0), full_queue(), temperature=1e-5))


def test_other_shapes_are_refused():
    with pytest.raises(OptionError):
        moco(rows(N, 0), rows(N, 1), Queue.empty(3, D + 1))
    with pytest.raises(OptionError):
        moco(rows(N, 0), rows(N, 1), full_queue(), temperature=0.0)
    with pytest.raises(OptionError):
        moco_v3(rows(N, 0), rows(N, 1), rows(N - 1, 0), rows(N - 1, 0))
