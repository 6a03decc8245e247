"""The spectral contrastive loss, whose optimum is known in closed form."""

from __future__ import annotations

from torch import Tensor

from shelfspace.objectives.similarity import check_pair, dots, nothing


def spectral_contrastive(left: Tensor, right: Tensor) -> Tensor:
    """The scalar loss −2/n · Σᵢ lᵢ·rᵢ + 1/(n(n−1)) · Σᵢ≠ⱼ (lᵢ·rⱼ)² of n positive pairs.

    HaoChen et al. 2021, equation 6: −2 E[f(x)ᵀf(x⁺)] + E[(f(x)ᵀf(x′))²]. Its optimum over free vectors is
    the truncated factorisation of the normalised co-occurrence of views: see `spectral_factors`.

    Differs from the paper: the two looks may come from two encoders (`left` and `right`), as for users and
    products; the second mean runs over the pairs i ≠ j of the batch.

    `left` and `right` are [n, d], row i of both shows one thing, and are *not* normalised here, for the
    optimum's lengths carry meaning. One item alone has no negative, and no item no positive: 0, gradient
    zero. Raises `OptionError` for other shapes.

    >>> import torch
    >>> spectral_contrastive(torch.eye(2), torch.eye(2)).item()
    -2.0
    """
    check_pair(left, right)
    n = len(left)
    if n < 2:
        return nothing(left, right)
    products = dots(left, right)
    attraction = products.diagonal().mean()
    # The diagonal is set aside, not subtracted: a difference of two large sums would lose digits.
    repulsion = products.square().fill_diagonal_(0.0).sum() / (n * (n - 1))
    return repulsion - 2.0 * attraction
