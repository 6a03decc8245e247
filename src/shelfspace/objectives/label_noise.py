"""Cross-entropies that a share of wrong labels moves less."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import check_shape, check_vectors, nothing

_LOG_OF_NOTHING = -4.0


def generalised_cross_entropy(logits: Tensor, classes: Tensor, *, q: float = 0.7) -> Tensor:
    """The scalar mean of (1 − pᵩ) / q, where pᵩ is the probability of the class told, to the power q.

    Zhang & Sabuncu 2018, equation 6: cross-entropy as q goes to 0, the mean absolute error, which wrong
    labels can't move far, at 1. Differs from the paper: without its truncation (equation 9).

    `logits` [n, c] and `classes` [n], integers from 0. No row: 0 with gradient zero. Raises `OptionError`
    for other shapes and a q outside (0, 1].

    >>> round(generalised_cross_entropy(torch.zeros(1, 4), torch.tensor([2]), q=1.0).item(), 3)
    0.75
    """
    _check(logits, classes)
    if not 0 < q <= 1:
        raise OptionError(f"q is {q}.", "It is above 0 and at most 1.", "0.7 is usual.")
    if len(logits) == 0:
        return nothing(logits)
    logs = _log_probabilities(logits).gather(1, classes[:, None])[:, 0]
    return (-torch.expm1(q * logs) / q).mean()


def symmetric_cross_entropy(
    logits: Tensor, classes: Tensor, *, forward: float = 1.0, reverse: float = 1.0
) -> Tensor:
    """The scalar mean of forward · (−log pᵧ) + reverse · 4 (1 − pᵧ), pᵧ the probability of the class told.

    Wang et al. 2019, equation 7, the second term being the cross-entropy the other way round with log 0 set
    to −4: it bounds what a wrong label costs, the first term keeps learning quick. Differs from the paper:
    in nothing but the weights, which it sets by data set.

    `logits` [n, c] and `classes` [n], integers from 0. No row: 0 with gradient zero. Raises `OptionError`
    for other shapes and a weight below 0.
    """
    _check(logits, classes)
    if min(forward, reverse) < 0:
        raise OptionError(
            f"The weights are {forward} and {reverse}.", "Both are 0 or above.", "1 and 1 are usual."
        )
    if len(logits) == 0:
        return nothing(logits)
    logs = _log_probabilities(logits).gather(1, classes[:, None])[:, 0]
    return (-forward * logs + reverse * _LOG_OF_NOTHING * torch.expm1(logs)).mean()


def trimmed_cross_entropy(logits: Tensor, classes: Tensor, *, share: float) -> Tensor:
    """The scalar mean cross-entropy of the rows that cost least, without the `share` that costs most.

    What a network that still learns finds hardest is often labelled wrong: the selection of Han et al. 2018
    (co-teaching), algorithm 1. Differs from the paper: one network chooses for itself.

    `logits` [n, c] and `classes` [n], integers from 0; the number left out is rounded down. No row: 0 with
    gradient zero. Raises `OptionError` for other shapes and a share outside [0, 1).
    """
    _check(logits, classes)
    if not 0 <= share < 1:
        raise OptionError(
            f"share is {share}.", "It is 0 or above, and below 1.", "Give about the share of wrong labels."
        )
    if len(logits) == 0:
        return nothing(logits)
    costs = functional.cross_entropy(_wide(logits), classes, reduction="none")
    kept = len(costs) - int(share * len(costs))
    return costs.topk(kept, largest=False).values.mean()


def _log_probabilities(logits: Tensor) -> Tensor:
    return functional.log_softmax(_wide(logits), dim=1)


def _wide(logits: Tensor) -> Tensor:
    return logits if logits.dtype == torch.float64 else logits.float()


def _check(logits: Tensor, classes: Tensor) -> None:
    check_vectors(logits)
    check_shape("classes", classes, (len(logits),))
