"""The learning rate, found by a short run in which it rises until the loss does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count, islice

import numpy as np
import torch
from torch import nn

from shelfspace.errors import OptionError
from shelfspace.progress import Advance, progress
from shelfspace.training.epoch import Batch, Batches, Loss, Training, grouped, learn, loss_of
from shelfspace.training.left_as_found import left_as_found
from shelfspace.training.optimisers import optimisers_of
from shelfspace.training.plan import Plan

_MEMORY = 0.7  # of the moving average of the losses: about three steps
_RELAPSE = 0.5  # of the fall so far; what falls again afterwards is another, mostly a useless place
_FALL = 0.02  # of the loss of the start, at least, or nothing was learned
_CAUTION = 3.0  # the chosen rate is so many times below that of the least loss


@dataclass(frozen=True)
class RateSearch:
    """The `rates` tried, rising, the smoothed `losses` met at them, and the `chosen` rate.

    `found` is False where the loss never fell, and then the plan's own rate is the chosen one.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    chosen: float
    found: bool


def find_rate(
    module: nn.Module,
    batches: Batches[Batch],
    loss: Loss[Batch],
    *,
    plan: Plan,
    low: float = 1e-6,
    high: float = 1e-2,
    steps: int = 24,
    label: str = "Finding the learning rate",
) -> RateSearch:
    """The learning rate for `plan.learning_rate`, by the range test of Smith 2017 (section 3.3).

    The module is trained for `steps` steps of the plan's kind (its `rates`, `clip_norm`, `precision`,
    `accumulate`, decay and seed) while the rate rises exponentially from `low` to `high`. What is watched is
    by how much each batch's loss lies below the one that the untouched module has on it, as a moving average
    corrected for its start: batches differ by more than a few steps teach. The run ends early where half of
    the fall is lost again, where the loss doubles, and where it or its gradient is not finite. Chosen is a
    third of the rate at which the fall was deepest.

    Differs from the paper: the rate rises exponentially, not linearly; the measure is the loss, not the
    accuracy; one rate is chosen instead of a range to cycle in.

    Batches are those of epoch 0, then 1 and so on where an epoch has too few; each goes through the loss
    twice. The module's weights and buffers, its gradients and mode and the caller's random states are left as
    they were. Where there is no batch with a finite loss, or it never falls by a fiftieth, the plan's rate is
    given, with `found` False. Raises `OptionError` for rates or steps out of range, a loss that is no scalar
    with a gradient, a module without trainable parameters, and a key of `plan.rates` that fits none.
    """
    _check(low, high, steps)
    training = Training(module, batches, loss, optimisers_of(module, plan), plan)
    groups = list(islice(_groups(training), steps))
    course = [low * (high / low) ** (step / (steps - 1)) for step in range(steps)]
    rates: list[float] = []
    changes: list[float] = []
    with _unharmed(module), progress(label, 2 * len(groups)) as advance:
        module.train()
        known = [(group, _start(training, group, advance)) for group in groups]
        known = [(group, start) for group, start in known if math.isfinite(start)]
        starts = [start for _, start in known]
        average = 0.0
        for rate, (group, start) in zip(course, known, strict=False):
            torch.manual_seed(plan.seed)
            value, norm = learn(training, group, rate)
            advance(1, f"rate {rate:.1e}, loss {value:.4f}")
            if norm is None:
                break
            average = _MEMORY * average + (1 - _MEMORY) * (value - start)
            rates.append(rate)
            changes.append(average / (1 - _MEMORY ** len(rates)))
            if _burst(changes, starts):
                break
    return _chosen(rates, changes, starts, plan)


def _burst(changes: list[float], starts: list[float]) -> bool:
    """Whether the loss is twice what it was, or half of a fall that counts is lost again."""
    level, fall = abs(float(np.mean(starts))), -min(changes)
    return changes[-1] > level or (fall >= _FALL * level and changes[-1] + fall > _RELAPSE * fall)


def _start(training: Training[Batch], group: list[Batch], advance: Advance) -> float:
    """The loss of a step before any training, with the dropout that the step will draw."""
    torch.manual_seed(training.plan.seed)
    start = float(np.mean([float(loss_of(training, batch).detach()) for batch in group]))
    advance()
    return start


def _chosen(rates: list[float], changes: list[float], starts: list[float], plan: Plan) -> RateSearch:
    level = float(np.mean(starts)) if starts else 0.0
    least = int(np.argmin(changes)) if changes else 0
    found = bool(changes) and -changes[least] >= _FALL * abs(level)
    chosen = rates[least] / _CAUTION if found else plan.learning_rate
    return RateSearch(tuple(rates), tuple(level + change for change in changes), chosen, found)


def _groups(training: Training[Batch]) -> Iterator[list[Batch]]:
    """A step's batches after the other, epoch after epoch; no more after an epoch without any."""
    for epoch in count():
        seeds = np.random.SeedSequence((training.plan.seed, epoch + 1))
        batches = grouped(training.batches(epoch, np.random.default_rng(seeds)), training.plan.accumulate)
        first = list(islice(batches, 1))
        if not first:
            return
        yield from chain(first, batches)


@contextmanager
def _unharmed(module: nn.Module) -> Iterator[None]:
    """Put back all that a step changes: weights that ask for a gradient, buffers, gradients and modes."""
    moving = [weight for weight in module.parameters() if weight.requires_grad]
    gradients = [weight.grad for weight in moving]
    changing = [*moving, *module.buffers()]
    copies = [tensor.detach().clone() for tensor in changing]
    with left_as_found(module):
        try:
            yield
        finally:
            with torch.no_grad():
                for tensor, copy in zip(changing, copies, strict=True):
                    tensor.copy_(copy)
            for weight, gradient in zip(moving, gradients, strict=True):
                weight.grad = gradient


def _check(low: float, high: float, steps: int) -> None:
    if not (0 < low < high < math.inf and steps >= 2):
        raise OptionError(
            f"The rates go from {low} to {high} in {steps} steps.",
            "They rise from above 0 in 2 steps or more.",
            "1e-6 to 1e-2 in 24 steps suits pretrained models.",
        )
