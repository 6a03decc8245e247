"""The learning rate's course: a linear warm-up, then half a cosine."""

from __future__ import annotations

import math


def warmup_cosine(step: int, total: int, warmup: float = 0.1) -> float:
    """The factor in [0, 1] on the learning rate at `step` (from 0) of `total`.

    It rises linearly to 1 over the first `warmup` share of the steps and falls along half a cosine
    (Loshchilov & Hutter 2017, equation 5, one period) to 0 just after the last. Steps past `total` give 0.

    >>> [round(warmup_cosine(step, 10, 0.2), 2) for step in (0, 1, 2, 6, 10)]
    [0.5, 1.0, 1.0, 0.5, 0.0]
    """
    rising = round(warmup * total)
    if step < rising:
        return (step + 1) / rising
    if step >= total:
        return 0.0
    return 0.5 * (1.0 + math.cos(math.pi * (step - rising) / (total - rising)))
