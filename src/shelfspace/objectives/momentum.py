"""A momentum encoder as explicit state: its weights are a moving average of the online ones."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from shelfspace.errors import OptionError

Weights = Mapping[str, Tensor]


@torch.no_grad()
def moving_average(target: Weights, online: Weights, keep: float) -> dict[str, Tensor]:
    """The new target weights: keep · target + (1 − keep) · online, for every tensor of a `state_dict`.

    He et al. 2020 (MoCo), equation 2; Grill et al. 2020 (BYOL), equation 1. Nothing is changed in place, no
    gradient passes. Tensors of whole numbers (counters of batch normalisation) are the online ones.

    Raises `OptionError` for `keep` outside 0 … 1 and for weights of other names or shapes.

    >>> moving_average({"w": torch.tensor([1.0])}, {"w": torch.tensor([0.0])}, 0.75)
    {'w': tensor([0.7500])}
    """
    if not 0 <= keep <= 1:
        raise OptionError(
            f"keep is {keep}.", "It is the share that stays, 0 to 1.", "0.99 to 0.999 is usual."
        )
    shapes = [{name: tuple(tensor.shape) for name, tensor in weights.items()} for weights in (target, online)]
    if shapes[0] != shapes[1]:
        other = sorted(name for name in shapes[0] | shapes[1] if shapes[0].get(name) != shapes[1].get(name))
        raise OptionError(
            f"The weights differ in {', '.join(other[:5])}.",
            "Both networks are built alike.",
            "Copy the online network to make its target.",
        )
    return {
        name: tensor.lerp(online[name].to(tensor), 1 - keep)
        if tensor.is_floating_point()
        else online[name].clone()
        for name, tensor in target.items()
    }


def keep_at(step: int, steps: int, start: float = 0.996) -> float:
    """How much of the target to keep at a step of so many: 1 − (1 − start) (cos(π step / steps) + 1) / 2.

    Grill et al. 2020 (BYOL), section 3.3; MoCo v3 (Chen et al. 2021, section 4.1) the same with 0.99. It
    rises from `start` to 1; beyond the last step it is 1. Raises `OptionError` for `start` outside 0 … 1 and
    for no step at all.

    >>> keep_at(0, 10), keep_at(10, 10)
    (0.996, 1.0)
    """
    if not 0 <= start <= 1 or steps < 1 or step < 0:
        raise OptionError(
            f"Step {step} of {steps}, start {start}.",
            "There are one or more steps, counted from 0, and start is 0 to 1.",
            "Mend them.",
        )
    share = min(step / steps, 1.0)
    return 1.0 - (1.0 - start) * (math.cos(math.pi * share) + 1) / 2
