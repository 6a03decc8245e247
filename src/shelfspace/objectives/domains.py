"""Two domains in one space: studio photos and customers' photos, one shop and another."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import check_shape, check_vectors, dots, nothing

_WIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)  # of the kernels, as multiples of the mean squared distance


def coral(source: Tensor, target: Tensor) -> Tensor:
    """The scalar ‖cov(source) − cov(target)‖²_F / (4 d²): second moments alike.

    Sun & Saenko 2016 (Deep CORAL), equations 1 to 3. Differs from the paper: in nothing.

    `source` [n, d] and `target` [m, d] are vectors of the two domains, of no particular pairs. Not
    normalised: lengths carry meaning. Fewer than two on either side: 0 with gradient zero. Raises
    `OptionError` for other shapes.
    """
    _check_domains(source, target)
    if min(len(source), len(target)) < 2:
        return nothing(source, target)
    apart = _covariance(source) - _covariance(target)
    return apart.square().sum() / (4 * source.shape[1] ** 2)


def mmd(source: Tensor, target: Tensor, *, scale: float | None = None) -> Tensor:
    """The scalar mean k(s, s′) + mean k(t, t′) − 2 mean k(s, t): 0 where both are drawn alike.

    The squared maximum mean discrepancy of Gretton et al. 2012, equation 5 (biased, so never negative), with
    the mean of five Gaussian kernels exp(−‖x − y‖² / (w · scale)), w from ¼ to 4 (as in Long et al. 2015).
    Differs from the papers: `scale` is the batch's mean squared distance, without a gradient, unless given.

    `source` [n, d] and `target` [m, d] are vectors of the two domains, of no particular pairs. Not
    normalised, but for the common scale. None on either side: 0 with gradient zero. Raises `OptionError`
    for other shapes.

    >>> mmd(torch.eye(3), torch.eye(3)).item()
    0.0
    """
    _check_domains(source, target)
    n, m = len(source), len(target)
    if n == 0 or m == 0:
        return nothing(source, target)
    both = torch.cat([_wide(source), _wide(target)])
    both = both - both.detach().mean(dim=0)  # distances stay, and cancel less
    lengths = both.square().sum(dim=1)
    distances = (lengths[:, None] + lengths[None, :] - 2 * dots(both, both)).clamp_min(0.0)
    unit = distances.detach().mean() if scale is None else distances.new_tensor(scale)
    if not bool(unit > 0):
        return nothing(source, target)
    kernels = torch.stack([torch.exp(-distances / (width * unit)) for width in _WIDTHS]).mean(dim=0)
    within = kernels[:n, :n].mean() + kernels[n:, n:].mean()
    return (within - 2 * kernels[:n, n:].mean()).clamp_min(0.0)


def reverse_gradient(values: Tensor, strength: float = 1.0) -> Tensor:
    """`values` as they are, whose gradient comes back multiplied by −`strength`.

    Ganin & Lempitsky 2015, equations 7 and 8: what stands behind learns to tell domains apart, what stands
    before learns to make them alike. Raises `OptionError` for a negative or infinite strength.
    """
    if not 0 <= strength < math.inf:
        raise OptionError(f"strength is {strength}.", "It is a finite number ≥ 0.", "0 to 1 is usual.")
    reversed_: Tensor = _Reversal.apply(values, strength)  # type: ignore[no-untyped-call]
    return reversed_


def domain_adversarial(
    vectors: Tensor, domains: Tensor, classify: Callable[[Tensor], Tensor], *, strength: float = 1.0
) -> Tensor:
    """The scalar cross-entropy of telling the domain, learnt by `classify` and unlearnt by the encoder.

    Ganin & Lempitsky 2015, equation 9 without its first term: the gradient is reversed between the vectors
    and the classifier. Add it to a contrastive loss. Differs from the paper: any number of domains.

    `vectors` [n, d], `domains` [n] integers, `classify` gives logits [n, number of domains] (a module whose
    parameters are trained along). No thing: 0 with gradient zero. Raises `OptionError` for other shapes and
    a negative strength.
    """
    check_vectors(vectors)
    check_shape("domains", domains, (len(vectors),))
    if len(vectors) == 0:
        return nothing(vectors)
    logits = classify(reverse_gradient(vectors, strength))
    return functional.cross_entropy(logits.to(_wide(vectors).dtype), domains)


def reversal_strength(share: float) -> float:
    """How strongly to reverse when `share` (0 … 1) of training is done: 2 / (1 + exp(−10 share)) − 1.

    Ganin & Lempitsky 2015, section 4: nothing at first, while the classifier knows nothing.

    >>> reversal_strength(0.0)
    0.0
    """
    return 2.0 / (1.0 + math.exp(-10.0 * min(max(share, 0.0), 1.0))) - 1.0


class _Reversal(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, values: Tensor, strength: float) -> Tensor:
        context.strength = strength
        return values.view_as(values)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return -context.strength * gradient, None


def _covariance(vectors: Tensor) -> Tensor:
    centred = _wide(vectors) - _wide(vectors).mean(dim=0)
    return dots(centred.T, centred.T) / (len(vectors) - 1)


def _wide(vectors: Tensor) -> Tensor:
    return vectors if vectors.dtype == torch.float64 else vectors.float()


def _check_domains(source: Tensor, target: Tensor) -> None:
    check_vectors(source)
    check_vectors(target)
    if source.shape[1] != target.shape[1]:
        raise OptionError(
            f"The vectors have {source.shape[1]} and {target.shape[1]} dimensions.",
            "Both domains are encoded by one model.",
            "Encode them alike.",
        )
