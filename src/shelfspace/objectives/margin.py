"""Margins: the positive nearer than the negative by a fixed distance."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import (
    check_pair,
    check_shape,
    check_vectors,
    cosines,
    nothing,
    paired_cosines,
)

Mining = Literal["all", "hard", "semi-hard"]


def triplet_margin(anchors: Tensor, positives: Tensor, negatives: Tensor, *, margin: float = 0.2) -> Tensor:
    """The scalar mean of max(0, margin − s(a, p) + s(a, n)) over the n triplets, s the cosine.

    Schroff et al. 2015 (FaceNet), equation 3. Differs from the paper: a mean instead of a sum, and
    similarities instead of squared distances; on unit vectors ‖a − b‖² = 2 − 2s, so it is half the paper's
    loss at α = 2 · `margin`.

    All three are [n, d] and normalised here. No triplet: 0 with gradient zero. Raises `OptionError` for
    other shapes and a negative margin.
    """
    check_pair(anchors, positives)
    check_pair(anchors, negatives)
    _check_margin(margin)
    if len(anchors) == 0:
        return nothing(anchors, positives, negatives)
    gap = paired_cosines(anchors, negatives) - paired_cosines(anchors, positives)
    return functional.relu(margin + gap).mean()


def mined_triplet_margin(
    vectors: Tensor, labels: Tensor, *, margin: float = 0.2, mining: Mining = "semi-hard"
) -> Tensor:
    """The scalar mean of max(0, margin − s(a, p) + s(a, n)) over triplets found in the batch.

    `mining` says which: "all" of them; for each anchor the "hard"est positive and negative (Hermans et al.
    2017, equation 5, batch hard); or for each anchor and positive the "semi-hard" negative (Schroff et al.
    2015, equation 4), the nearest of those farther than the positive, or if there is none, the farthest.

    Differs from the papers: similarities instead of distances, a mean over all mined triplets including
    satisfied ones, and the fallback of semi-hard mining, which the paper leaves open.

    `vectors` [n, d] are normalised here, `labels` [n] are integers. No triplet (one label only, or every
    label once): 0 with gradient zero. "all" takes n³ numbers. Raises `OptionError` for other shapes, a
    negative margin and another `mining`.
    """
    check_vectors(vectors)
    check_shape("labels", labels, (len(vectors),))
    _check_margin(margin)
    if mining not in ("all", "hard", "semi-hard"):
        raise OptionError(
            f"mining is {mining!r}.", "It is 'all', 'hard' or 'semi-hard'.", "Choose one of them."
        )
    alike = labels[:, None] == labels[None, :]
    positive = alike & ~torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    usable = positive.any(dim=1) & (~alike).any(dim=1)
    if not bool(usable.any()):
        return nothing(vectors)
    similarities = cosines(vectors, vectors)[usable]
    positive, negative = positive[usable], ~alike[usable]
    if mining == "all":
        gaps = similarities[:, None, :] - similarities[:, :, None]
        gaps = gaps[positive[:, :, None] & negative[:, None, :]]
    elif mining == "hard":
        farthest = similarities.masked_fill(~positive, torch.inf).amin(dim=1)
        gaps = similarities.masked_fill(~negative, -torch.inf).amax(dim=1) - farthest
    else:
        chosen = _semi_hard(similarities.detach(), negative)
        gaps = (similarities.gather(1, chosen) - similarities)[positive]
    return functional.relu(margin + gaps).mean()


def cosine_embedding(
    left: Tensor, right: Tensor, labels: Tensor, *, margin: float = 0.0, weights: Tensor | None = None
) -> Tensor:
    """The scalar mean of 1 − s over pairs labelled 1 and max(0, s − margin) over pairs labelled 0.

    s is the cosine, and the mean may be weighted. The contrastive loss of Hadsell et al. 2006, equation 4,
    in the cosine form of torch's `CosineEmbeddingLoss`. Differs from the paper: similarities instead of
    squared Euclidean distances.

    `left` and `right` are [n, d] and normalised here; `labels` [n] are 1 (the same) or 0 (not); `weights`
    [n] are not negative. No pair or weights that sum to 0: 0 with gradient zero. Raises `OptionError` for
    other shapes and a margin outside [−1, 1].
    """
    check_pair(left, right)
    check_shape("labels", labels, (len(left),))
    check_shape("weights", weights, (len(left),))
    if not -1 <= margin <= 1:
        raise OptionError(f"margin is {margin}.", "A margin of cosines lies within [−1, 1].", "0 is usual.")
    if len(left) == 0:
        return nothing(left, right)
    similarities = paired_cosines(left, right)
    losses = torch.where(labels > 0, 1.0 - similarities, functional.relu(similarities - margin))
    if weights is None:
        return losses.mean()
    total = weights.sum()
    return (losses * weights).sum() / torch.where(total > 0, total, 1.0)


def _semi_hard(similarities: Tensor, negative: Tensor) -> Tensor:
    """For every cell (a, p) the column of the nearest negative farther than p, or else of the farthest."""
    ranked, columns = similarities.masked_fill(~negative, torch.inf).sort(dim=1)
    farther = torch.searchsorted(ranked, similarities.contiguous())  # how many negatives lie beyond p
    return columns.gather(1, (farther - 1).clamp_min(0))


def _check_margin(margin: float) -> None:
    if not 0 <= margin < float("inf"):
        raise OptionError(
            f"margin is {margin}.", "It is a finite number ≥ 0.", "Usual values are 0.1 to 0.5."
        )
