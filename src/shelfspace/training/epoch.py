"""One epoch: batches through the module, the objective and the step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from shelfspace.errors import OptionError, ShelfspaceError
from shelfspace.progress import Advance
from shelfspace.training.history import Epoch
from shelfspace.training.optimisers import Optimisers, step
from shelfspace.training.plan import Plan
from shelfspace.training.schedule import warmup_cosine

Batch = TypeVar("Batch")
Batches = Callable[[int, np.random.Generator], Iterable[Batch]]
Loss = Callable[[nn.Module, Batch], Tensor]

#: So many steps in a row without a finite loss and gradient mean that training cannot go on.
_HOPELESS = 10


@dataclass
class Training(Generic[Batch]):
    """What an epoch works with; `bad_steps` counts the skipped ones in a row."""

    module: nn.Module
    batches: Batches[Batch]
    loss: Loss[Batch]
    optimisers: Optimisers
    plan: Plan
    bad_steps: int = 0


def run_epoch(training: Training[Batch], number: int, spent_seconds: float, advance: Advance) -> Epoch:
    """Train epoch `number` (from 0), or as much of it as the plan's time limit leaves, and say how it went.

    Every `plan.accumulate` batches make a step; what is left over at the end of an epoch makes one too. Every
    epoch has its own seeds, a function of the plan's and its number: no random state needs keeping.
    """
    began, plan = time.perf_counter(), training.plan
    seeds = np.random.SeedSequence((plan.seed, number + 1))
    torch.manual_seed(int(seeds.generate_state(1, np.uint64)[0]))
    training.module.train()
    losses: list[float] = []
    norms: list[float] = []
    skipped, rate = 0, 0.0
    batches = Watched(training.batches(number, np.random.default_rng(seeds)))
    for index, group in enumerate(grouped(batches, plan.accumulate)):
        rate = plan.learning_rate * _factor(plan, number, index)
        value, norm = learn(training, group, rate)
        if norm is None:
            skipped += 1
            _give_up_if_hopeless(training, value, number)
        else:
            losses.append(value)
            norms.append(norm)
        advance(1 if plan.steps_per_epoch else 0, f"epoch {number + 1} of {plan.epochs}, loss {value:.4f}")
        spent = spent_seconds + time.perf_counter() - began
        if plan.time_limit_seconds is not None and spent >= plan.time_limit_seconds:
            break
    if not plan.steps_per_epoch:
        advance(1)
    return Epoch(
        epoch=number,
        steps=len(losses),
        skipped=skipped,
        loss=float(np.mean(losses)) if losses else 0.0,
        gradient_norm=float(np.mean(norms)) if norms else 0.0,
        learning_rate=rate,
        seconds=time.perf_counter() - began,
        waiting_seconds=batches.waited_seconds,
    )


class Watched(Generic[Batch]):
    """Batches gone through once, and how long they were waited for."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._rest = iter(batches)
        self.waited_seconds = 0.0

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        began = time.perf_counter()
        try:
            return next(self._rest)
        finally:
            self.waited_seconds += time.perf_counter() - began


def grouped(batches: Iterable[Batch], size: int) -> Iterator[list[Batch]]:
    """The batches in lists of `size`, the last one shorter where they don't go evenly."""
    rest = iter(batches)
    while group := list(islice(rest, size)):
        yield group


def learn(training: Training[Batch], group: list[Batch], rate: float) -> tuple[float, float | None]:
    """One step at the learning rate `rate`: the mean loss of the group's batches and its gradient's length.

    The length is None where a loss or the gradient was not finite and nothing was moved.
    """
    module, plan = training.module, training.plan
    module.zero_grad(set_to_none=True)
    value, norm = 0.0, None
    for batch in group:
        result = loss_of(training, batch)
        value += float(result.detach()) / len(group)
        if not math.isfinite(value):
            break
        (result / len(group)).backward()  # type: ignore[no-untyped-call]
    else:
        norm = step(training.optimisers, rate, plan.clip_norm)
    training.bad_steps = 0 if norm is not None else training.bad_steps + 1
    return value, norm


def loss_of(training: Training[Batch], batch: Batch) -> Tensor:
    """The loss of a batch in the plan's precision; `OptionError` where it is no scalar with a gradient."""
    device = next(training.module.parameters()).device.type
    with torch.autocast(device, dtype=torch.bfloat16, enabled=training.plan.precision == "bfloat16"):
        result = training.loss(training.module, batch)
    _check(result)
    return result


def _factor(plan: Plan, epoch: int, index: int) -> float:
    if plan.steps_per_epoch is None:
        return warmup_cosine(epoch, plan.epochs, plan.warmup)
    done = epoch * plan.steps_per_epoch + min(index, plan.steps_per_epoch - 1)
    return warmup_cosine(done, plan.epochs * plan.steps_per_epoch, plan.warmup)


def _check(result: Tensor) -> None:
    if result.ndim != 0 or not result.requires_grad:
        raise OptionError(
            f"The loss has the shape {tuple(result.shape)}"
            + ("." if result.requires_grad else " and no gradient."),
            "A loss is one number that depends on the module's trainable parameters.",
            "Reduce it to its mean, and compute the vectors with the module that the loss is given.",
        )


def _give_up_if_hopeless(training: Training[Batch], value: float, epoch: int) -> None:
    if training.bad_steps >= _HOPELESS:
        raise ShelfspaceError(
            f"The loss or its gradient was not finite {_HOPELESS} steps in a row (epoch {epoch + 1}, "
            f"last loss {value}).",
            "Training needs finite numbers.",
            "Lower the learning rate, train in float32, or look for NaN in the inputs.",
        )
