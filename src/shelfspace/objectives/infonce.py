"""InfoNCE and NT-Xent: tell the positive from everything else in the batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.objectives.similarity import (
    check_pair,
    check_shape,
    check_temperature,
    check_vectors,
    cosines,
    nothing,
)


def infonce(
    anchors: Tensor,
    positives: Tensor,
    *,
    temperature: float | Tensor = 0.05,
    mask: Tensor | None = None,
    queue: Tensor | None = None,
    weights: Tensor | None = None,
    log_chances: Tensor | None = None,
    symmetric: bool = True,
) -> Tensor:
    """The scalar loss Σᵢ wᵢ (−log exp(sᵢᵢ/τ) / Σⱼ exp(sᵢⱼ/τ)) / Σᵢ wᵢ, s the cosine of anchor and positive.

    van den Oord et al. 2018, equation 4, with the cosine over a temperature as its scoring function; with
    `symmetric`, the mean of both directions (CLIP, Radford et al. 2021, figure 3).

    Differs from the paper: known false negatives can be left out of the denominator, further negatives can
    come from a queue, pairs can weigh differently, and negatives that are drawn more often than others can
    be corrected for it. The queue holds vectors of the positives' side (keys of MoCo, He et al. 2020), so it
    adds negatives to the anchors' direction only.

    `anchors` and `positives` are [n, d], of any length (they are normalised here). `mask` [n, n], or
    [n, n + q] to reach the queue too, is true where j is known not to be a negative of i; its diagonal is
    ignored. `queue` is [q, d], `weights` [n] and not negative. `temperature` may be a learnable scalar.
    `log_chances` [n] are the logarithms of how likely each positive comes into a batch, up to a constant:
    they are taken from the anchors' logits of all columns (logQ, Bengio & Senécal 2008, section 3), which
    makes s / τ the logarithm of how likely j is of i, instead of how much likelier than of others.

    No pair, one pair without a queue, or weights that sum to 0: 0 with gradient zero. Raises `OptionError`
    for other shapes and a temperature ≤ 0.

    >>> infonce(torch.eye(3), torch.eye(3), temperature=0.05).item() < 1e-6
    True
    """
    check_pair(anchors, positives)
    check_temperature(temperature)
    n = len(anchors)
    check_shape("weights", weights, (n,))
    check_shape("log_chances", log_chances, (n,))
    if n == 0:
        return nothing(anchors, positives)
    keys = positives
    if queue is not None:
        check_vectors(queue)
        keys = torch.cat([positives, queue.to(positives.dtype)])
    known = _known(mask, n, len(keys), anchors.device)
    logits = (cosines(anchors, keys) / temperature).masked_fill(known, -torch.inf)
    if log_chances is not None:
        logits = logits - functional.pad(log_chances, (0, len(keys) - n))
    loss = _weighted_mean(_against_diagonal(logits), weights)
    if not symmetric:
        return loss
    backward = (cosines(positives, anchors) / temperature).masked_fill(known[:, :n].T, -torch.inf)
    return (loss + _weighted_mean(_against_diagonal(backward), weights)) / 2


def nt_xent(views_a: Tensor, views_b: Tensor, *, temperature: float | Tensor = 0.5) -> Tensor:
    """The scalar NT-Xent loss of n things in two views: each of the 2n views finds its twin among all others.

    Chen et al. 2020 (SimCLR), equation 1, averaged over all 2n views: −log of exp(s(i, i⁺)/τ) over
    Σ_{k≠i} exp(s(i, k)/τ), with s the cosine.

    Differs from the paper: in nothing; degenerate batches are defined.

    `views_a` and `views_b` are [n, d], row i of both shows one thing; they are normalised here. No thing or
    one thing alone: 0 with gradient zero. Raises `OptionError` for other shapes and a temperature ≤ 0.
    """
    check_pair(views_a, views_b)
    check_temperature(temperature)
    n = len(views_a)
    if n == 0:
        return nothing(views_a, views_b)
    views = torch.cat([views_a, views_b])
    itself = torch.eye(2 * n, dtype=torch.bool, device=views.device)
    logits = (cosines(views, views) / temperature).masked_fill(itself, -torch.inf)
    twins = torch.arange(2 * n, device=views.device).roll(n)
    return functional.cross_entropy(logits, twins)


def _known(mask: Tensor | None, n: int, m: int, device: torch.device) -> Tensor:
    """`mask` widened to [n, m] with a free diagonal: the positive itself always counts."""
    known = torch.zeros(n, m, dtype=torch.bool, device=device)
    if mask is None:
        return known
    check_shape("mask", mask, (n, m if mask.ndim == 2 and mask.shape[1] == m else n))
    known[:, : mask.shape[1]] = mask
    known.diagonal().fill_(False)
    return known


def _against_diagonal(logits: Tensor) -> Tensor:
    """−log of the softmax at the diagonal, for each row: [n]."""
    return torch.logsumexp(logits, dim=1) - logits.diagonal()


def _weighted_mean(losses: Tensor, weights: Tensor | None) -> Tensor:
    if weights is None:
        return losses.mean()
    total = weights.sum()
    return (losses * weights).sum() / torch.where(total > 0, total, 1.0)
