"""Agreement of two looks with dimensions that each say something else (Barlow Twins, VICReg)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import check_pair, cosines, dots, nothing

_EPSILON = 1e-4  # under the root of a variance, as in VICReg
_CONSTANT = 1e-6  # a dimension that varies by less than this share of its size is rounding


def barlow_twins(views_a: Tensor, views_b: Tensor, *, redundancy: float = 0.0051) -> Tensor:
    """The scalar Σᵢ (1 − Cᵢᵢ)² + λ Σᵢ Σ_{j≠i} Cᵢⱼ², C [d, d] the correlation of a's and b's dimensions.

    Zbontar et al. 2021 (Barlow Twins), equations 1 and 2; λ is `redundancy`. Differs from the paper: a
    dimension that is the same for all has the correlation 0 with every other, where the paper divides by 0.

    `views_a` and `views_b` are [n, d], row i of both shows one thing. Not normalised: the batch's mean and
    spread of each dimension are taken out instead, so it holds dimensions, not lengths. Fewer than two
    things: 0 with gradient zero. Raises `OptionError` for other shapes and a negative `redundancy`.
    """
    check_pair(views_a, views_b)
    _check_weights(redundancy=redundancy)
    if len(views_a) < 2:
        return nothing(views_a, views_b)
    correlation = cosines(_centred(views_a).T, _centred(views_b).T)
    diagonal = correlation.diagonal()
    others = correlation.square().sum() - diagonal.square().sum()
    return (1.0 - diagonal).square().sum() + redundancy * others


def vicreg(
    views_a: Tensor,
    views_b: Tensor,
    *,
    invariance: float = 25.0,
    variance: float = 25.0,
    covariance: float = 1.0,
) -> Tensor:
    """The scalar λ s(a, b) + μ (v(a) + v(b)) + ν (c(a) + c(b)) of two looks.

    Bardes et al. 2022 (VICReg), equations 1 to 6: s is the mean squared distance of the looks, v the mean
    over dimensions of max(0, 1 − √(variance + 0.0001)), c the sum of the squared covariances of different
    dimensions over d; λ, μ, ν are `invariance`, `variance`, `covariance`. Differs from the paper: one thing
    alone has s only.

    `views_a` and `views_b` are [n, d], row i of both shows one thing. Not normalised: lengths carry meaning.
    No thing: 0 with gradient zero. Raises `OptionError` for other shapes and a negative weight.
    """
    check_pair(views_a, views_b)
    _check_weights(invariance=invariance, variance=variance, covariance=covariance)
    if len(views_a) == 0:
        return nothing(views_a, views_b)
    a, b = _wide(views_a), _wide(views_b)
    loss = invariance * (a - b).square().sum(dim=1).mean()
    if len(a) == 1:
        return loss
    for looks in (a, b):
        centred = looks - looks.mean(dim=0)
        spread = (centred.square().sum(dim=0) / (len(looks) - 1) + _EPSILON).sqrt()
        shared = dots(centred.T, centred.T) / (len(looks) - 1)
        others = shared.square().sum() - shared.diagonal().square().sum()
        loss = loss + variance * functional.relu(1.0 - spread).mean()
        loss = loss + covariance * others / looks.shape[1]
    return loss


def _centred(vectors: Tensor) -> Tensor:
    """The vectors [n, d] minus their mean; dimensions that do not vary become zero."""
    wide = _wide(vectors)
    centred = wide - wide.mean(dim=0)
    varies = centred.detach().abs().amax(dim=0) > _CONSTANT * wide.detach().abs().amax(dim=0)
    return torch.where(varies, centred, 0.0)


def _wide(vectors: Tensor) -> Tensor:
    return vectors if vectors.dtype == torch.float64 else vectors.float()


def _check_weights(**weights: float) -> None:
    for name, weight in weights.items():
        if not 0 <= weight < float("inf"):
            raise OptionError(f"{name} is {weight}.", "It is a finite number ≥ 0.", "Mend it.")
