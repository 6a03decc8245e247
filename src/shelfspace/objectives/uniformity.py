"""Alignment and uniformity: what contrast does, in two parts that need no negatives to be drawn."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import check_pair, check_vectors, cosines, nothing, paired_cosines


def alignment(left: Tensor, right: Tensor) -> Tensor:
    """The scalar mean over pairs of ‖lᵢ − rᵢ‖² of unit vectors, in 0…4; 0 where all pairs are equal.

    Wang & Isola 2020, section 4.1.1 with α = 2, and Wang et al. 2022 (DirectAU), equation 3. Differs from the
    papers: a zero vector is at right angles to everything.

    `left` and `right` are [n, d], row i of both shows one thing, normalised here. No pair: 0 with gradient
    zero. Raises `OptionError` for other shapes.

    >>> alignment(torch.eye(2), torch.eye(2)).item()
    0.0
    """
    check_pair(left, right)
    if not len(left):
        return nothing(left, right)
    return (2.0 - 2.0 * paired_cosines(left, right)).mean()


def uniformity(vectors: Tensor, *, sharpness: float = 2.0) -> Tensor:
    """The scalar log of the mean over pairs i ≠ j of exp(−t ‖vᵢ − vⱼ‖²), t the `sharpness`, in −4t…0.

    Wang & Isola 2020, section 4.1.2, and DirectAU, equation 4. The lower, the more evenly the unit vectors
    are spread over the sphere; 0 where they are all one. Differs from the papers: as in `alignment`.

    `vectors` are [n, d], normalised here. Fewer than two: 0 with gradient zero. Raises `OptionError` for
    other shapes and a sharpness ≤ 0.
    """
    check_vectors(vectors)
    if not 0 < sharpness < math.inf:
        raise OptionError(f"sharpness is {sharpness}.", "It is a finite number above 0.", "2 is usual.")
    n = len(vectors)
    if n < 2:
        return nothing(vectors)
    itself = torch.eye(n, dtype=torch.bool, device=vectors.device)
    exponents = (-sharpness * (2.0 - 2.0 * cosines(vectors, vectors))).masked_fill(itself, -torch.inf)
    return torch.logsumexp(exponents.flatten(), dim=0) - math.log(n * (n - 1))


def directau(users: Tensor, items: Tensor, *, weight: float = 1.0) -> Tensor:
    """The scalar alignment of users with what they took, plus `weight` times the mean uniformity of both.

    Wang et al. 2022 (DirectAU), equation 5. Differs from the paper: in nothing.

    `users` and `items` are [n, d], row i of both is one event, normalised here. No event: 0 with gradient
    zero; one event has no uniformity. Raises `OptionError` for other shapes.
    """
    return alignment(users, items) + weight * (uniformity(users) + uniformity(items)) / 2
