"""Bootstrapping without negatives: one look's prediction of the other look's target (BYOL, SimSiam)."""

from __future__ import annotations

from torch import Tensor

from shelfspace.objectives.similarity import check_pair, nothing, paired_cosines


def byol(predictions_a: Tensor, predictions_b: Tensor, targets_a: Tensor, targets_b: Tensor) -> Tensor:
    """The scalar mean over n things of (2 − 2 s(pᵢᵃ, tᵢᵇ)) + (2 − 2 s(pᵢᵇ, tᵢᵃ)), s the cosine.

    Grill et al. 2020 (BYOL), equation 2 and its symmetric counterpart: the squared distance of the
    normalised prediction and target. Differs from the paper: in nothing. Targets come from the momentum
    encoder (`momentum.moving_average`); no gradient reaches them.

    All four are [n, d] and normalised here: predictions of the online network for looks a and b, targets
    (projections) of the other network for the same looks. There are no negatives: without a predictor the
    least value is a collapsed space, so watch it (`collapse`). No thing: 0 with gradient zero. Raises
    `OptionError` for other shapes.

    >>> import torch
    >>> byol(torch.eye(2), torch.eye(2), torch.eye(2), -torch.eye(2)).item()
    4.0
    """
    similarity = _crossed(predictions_a, predictions_b, targets_a, targets_b)
    return nothing(predictions_a, predictions_b) if similarity is None else 4.0 - 4.0 * similarity


def simsiam(
    predictions_a: Tensor, predictions_b: Tensor, projections_a: Tensor, projections_b: Tensor
) -> Tensor:
    """The scalar −½ (mean s(pᵢᵃ, zᵢᵇ) + mean s(pᵢᵇ, zᵢᵃ)), s the cosine, no gradient through z.

    Chen & He 2021 (SimSiam), equations 1 and 4. Differs from the paper: in nothing. It is `byol` with the
    network as its own target, on another scale: byol = 4 + 4 · simsiam.

    All four are [n, d] and normalised here. There are no negatives, see `byol`. No thing: 0 with gradient
    zero. Raises `OptionError` for other shapes.
    """
    similarity = _crossed(predictions_a, predictions_b, projections_a, projections_b)
    return nothing(predictions_a, predictions_b) if similarity is None else -similarity


def _crossed(ours_a: Tensor, ours_b: Tensor, theirs_a: Tensor, theirs_b: Tensor) -> Tensor | None:
    """The mean cosine of either look's prediction with the other look's target; None for no thing."""
    for left, right in ((ours_a, ours_b), (ours_a, theirs_a), (ours_a, theirs_b)):
        check_pair(left, right)
    if len(ours_a) == 0:
        return None
    crossed = (
        paired_cosines(ours_a, theirs_b.detach()).mean() + paired_cosines(ours_b, theirs_a.detach()).mean()
    )
    return crossed / 2
