"""Supervised contrastive learning: all items of one label are positives of each other."""

from __future__ import annotations

import torch
from torch import Tensor

from shelfspace.objectives.similarity import (
    check_shape,
    check_temperature,
    check_vectors,
    cosines,
    nothing,
)


def supcon(
    vectors: Tensor,
    labels: Tensor,
    *,
    temperature: float | Tensor = 0.1,
    sources: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The scalar mean over items i of −1/|P(i)| Σ_{p∈P(i)} log (exp(sᵢₚ/τ) / Σ_{a∈A(i)} exp(sᵢₐ/τ)).

    Khosla et al. 2020, equation 2 (L_out); s is the cosine, P(i) the other items of i's label, A(i) all
    others. With `sources`, items of another source and label leave A(i): two shops' listings without a
    common label may still be one product, while one shop's are distinct (the source-aware batches of Peeters
    & Bizer 2022, section 3.2, as a mask).

    Differs from the paper: a mean over the items that have positives, where the paper sums over all; and
    what is only presumed different can be left out.

    `vectors` [n, d] are normalised here; `labels` [n] and `sources` [n] are integers; `mask` [n, n] is true
    where a pair of different labels is not known to be different. Without any positive pair: 0 with gradient
    zero. Raises `OptionError` for other shapes and a temperature ≤ 0.

    >>> supcon(torch.eye(2), torch.tensor([0, 1])).item()
    0.0
    """
    check_vectors(vectors)
    check_temperature(temperature)
    n = len(vectors)
    check_shape("labels", labels, (n,))
    check_shape("sources", sources, (n,))
    check_shape("mask", mask, (n, n))
    itself = torch.eye(n, dtype=torch.bool, device=vectors.device)
    alike = labels[:, None] == labels[None, :]
    positive = alike & ~itself
    counts = positive.sum(dim=1)
    if not bool(counts.any()):
        return nothing(vectors)
    left_out = itself
    if sources is not None:
        left_out = left_out | (~alike & (sources[:, None] != sources[None, :]))
    if mask is not None:
        left_out = left_out | (~alike & mask)
    anchored = counts > 0  # the others have no loss, and perhaps an empty denominator
    logits = (cosines(vectors, vectors) / temperature)[anchored]
    totals = torch.logsumexp(logits.masked_fill(left_out[anchored], -torch.inf), dim=1)
    attraction = torch.where(positive[anchored], logits, 0.0).sum(dim=1) / counts[anchored]
    return (totals - attraction).mean()
