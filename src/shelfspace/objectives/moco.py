"""Momentum contrast: keys from a slowly moving encoder, against a queue (v2) or the batch (v3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.objectives.infonce import infonce
from shelfspace.objectives.queue import Queue
from shelfspace.objectives.similarity import (
    check_pair,
    check_temperature,
    cosines,
    nothing,
    paired_cosines,
)


def moco(queries: Tensor, keys: Tensor, queue: Queue, *, temperature: float | Tensor = 0.2) -> Tensor:
    """The scalar mean of −log exp(s(qᵢ, kᵢ)/τ) / (exp(s(qᵢ, kᵢ)/τ) + Σⱼ exp(s(qᵢ, queueⱼ)/τ)), s the cosine.

    He et al. 2020 (MoCo), equation 1, at the temperature of MoCo v2 (Chen et al. 2020). Differs from the
    paper: in nothing; the batch's other keys are no negatives, only the queue's are. `push` the keys after
    the step, and move the momentum encoder (`momentum.moving_average`).

    `queries` and `keys` are [n, d], normalised here, as is the queue; no gradient reaches keys and queue. No
    thing, or an empty queue: 0 with gradient zero. Raises `OptionError` for other shapes and a
    temperature ≤ 0.
    """
    check_pair(queries, keys)
    check_temperature(temperature)
    held = queue.held
    check_pair(queries[:0], held[:0].to(queries.dtype))
    if len(queries) == 0 or len(held) == 0:
        return nothing(queries)
    near = paired_cosines(queries, keys.detach())[:, None]
    logits = torch.cat([near, cosines(queries, held).to(near.dtype)], dim=1) / temperature
    return functional.cross_entropy(
        logits, torch.zeros(len(queries), dtype=torch.long, device=queries.device)
    )


def moco_v3(
    queries_a: Tensor,
    queries_b: Tensor,
    keys_a: Tensor,
    keys_b: Tensor,
    *,
    temperature: float = 0.2,
) -> Tensor:
    """The scalar 2τ (infonce(qᵃ, kᵇ) + infonce(qᵇ, kᵃ)): either look's query against all keys of the other.

    Chen et al. 2021 (MoCo v3), equation 1 and algorithm 1, with no queue: the batch's other keys are the
    negatives. Differs from the paper: in nothing.

    All four are [n, d] and normalised here; no gradient reaches the keys. No thing or one thing: 0 with
    gradient zero. Raises `OptionError` for other shapes and a temperature ≤ 0.
    """
    check_pair(queries_a, queries_b)
    ways = ((queries_a, keys_b), (queries_b, keys_a))
    losses = [
        infonce(queries, keys.detach(), temperature=temperature, symmetric=False) for queries, keys in ways
    ]
    return 2.0 * temperature * (losses[0] + losses[1])
