"""Scores to probabilities, and several probabilities to one: temperature and shares set on validation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import torch
from torch import Tensor

from shelfspace.tasks.classify.kernel import Int64

_TEMPERATURES = tuple(float(t) for t in np.geomspace(0.01, 3, 18))
_STEPS = 5  # shares are multiples of a fifth


def temperature_of(scores: Tensor, labels: Int64) -> float:
    """The temperature at which softmax(scores / t) is least surprised by `labels`; below 0 is unknown."""
    return min(_TEMPERATURES, key=lambda t: surprise(torch.softmax(scores / t, dim=1), labels))


def surprise(probabilities: Tensor, labels: Int64) -> float:
    """The mean of −log of the probability of the right class; 0 without any label."""
    known = np.flatnonzero(labels >= 0)
    if not len(known):
        return 0.0
    right = probabilities[torch.from_numpy(known), torch.from_numpy(labels[known])]
    return float(-right.clamp(min=1e-6).log().mean())


def shares_of(candidates: Sequence[Tensor], labels: Int64) -> tuple[float, ...]:
    """How much each of the candidates' probabilities `[n, c]` should count, adding up to 1.

    The shares, multiples of a fifth, whose mixture is least surprised by `labels`.
    """
    every = product(range(_STEPS + 1), repeat=len(candidates))
    tried = [tuple(part / _STEPS for part in parts) for parts in every if sum(parts) == _STEPS]
    return min(tried, key=lambda shares: surprise(mixed(candidates, shares), labels))


def mixed(candidates: Sequence[Tensor], shares: Sequence[float]) -> Tensor:
    """The weighted mean of probabilities `[n, c]`."""
    total = torch.zeros_like(candidates[0])
    for probabilities, share in zip(candidates, shares, strict=True):
        total += share * probabilities
    return total
