"""Which item comes next, against the whole catalogue or a drawn part of it."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import check_pair, check_shape, check_vectors, nothing


def full_softmax(states: Tensor, items: Tensor, targets: Tensor) -> Tensor:
    """The scalar mean over states of −log exp(hᵢ·v_{tᵢ}) / Σⱼ exp(hᵢ·vⱼ), j over the whole catalogue.

    The multinomial likelihood of the next item (Hidasi et al. 2016, section 3.3.1, name it cross-entropy).

    Differs from the paper: under autocast the products have its precision, the sums float32's.

    `states` are [n, d], `items` [m, d], `targets` [n] rows of items; nothing is normalised, so that a
    vector's length can carry the item's popularity. No state: 0 with gradient zero. Raises `OptionError`
    for other shapes.

    >>> full_softmax(20 * torch.eye(3), torch.eye(3), torch.arange(3)).item() < 1e-6
    True
    """
    _check(states, items, targets)
    if not len(states):
        return nothing(states, items)
    return functional.cross_entropy(states @ items.T, targets).float()


def sampled_softmax(
    states: Tensor,
    positives: Tensor,
    negatives: Tensor,
    log_chances: Tensor,
    mask: Tensor | None = None,
) -> Tensor:
    """The scalar mean of −log exp(hᵢ·pᵢ) / (exp(hᵢ·pᵢ) + Σⱼ exp(hᵢ·nⱼ − log(k qⱼ))), j over k drawn items.

    The logQ correction of Bengio & Senécal (2008, section 3) for a shared draw: an item that was drawn with
    chance q stands for 1/(k q) of its kind, so that the sum is unbiased for the whole catalogue's.

    Differs from the paper: the positive always stands in the denominator, uncorrected, and a drawn item that
    is the state's own positive (`mask` [n, k] true) is left out.

    `states` and `positives` are [n, d], `negatives` [k, d], drawn with replacement with the chances whose
    logarithms are `log_chances` [k]; nothing is normalised. No state or no negative: 0 with gradient zero.
    Raises `OptionError` for other shapes.

    >>> draw = torch.zeros(4, 3)
    >>> round(sampled_softmax(torch.eye(3), torch.eye(3), draw, torch.full((4,), -math.log(4))).item(), 4)
    0.9048
    """
    check_pair(states, positives)
    check_vectors(negatives)
    k = len(negatives)
    check_shape("log_chances", log_chances, (k,))
    check_shape("mask", mask, (len(states), k))
    if not len(states) or not k:
        return nothing(states, positives, negatives)
    against = (states @ negatives.T).float() - (log_chances + math.log(k))
    if mask is not None:
        against = against.masked_fill(mask, -torch.inf)
    own = (states * positives).sum(dim=1).float()
    # softplus(log Σ − own) is −log of the share, safe however far the two are apart.
    return functional.softplus(torch.logsumexp(against, dim=1) - own).mean()


def _check(states: Tensor, items: Tensor, targets: Tensor) -> None:
    check_vectors(states)
    check_vectors(items)
    check_shape("targets", targets, (len(states),))
    if states.shape[1] != items.shape[1]:
        raise OptionError(
            f"States have {states.shape[1]} numbers and items {items.shape[1]}.",
            "They lie in one space.",
            "Give both the same dimension.",
        )
