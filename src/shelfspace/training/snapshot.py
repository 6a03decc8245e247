"""A running fit as a checkpoint, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from shelfspace.errors import OptionError
from shelfspace.training.checkpoint import Checkpoint
from shelfspace.training.history import History
from shelfspace.training.optimisers import Optimisers
from shelfspace.training.plan import Plan

Weights = dict[str, Tensor]


@dataclass
class Run:
    """What changes while a module is fitted, apart from its weights and the optimisers' moments."""

    history: History = field(default_factory=History)
    best: Weights | None = None  # of the best validation; None where there is no validation


def snapshot(module: nn.Module, optimisers: Optimisers, run: Run, plan: Plan) -> Checkpoint:
    """The whole state after an epoch. No random state: every epoch draws from its own seed."""
    tensors = {f"model/{name}": tensor for name, tensor in module.state_dict().items()}
    improved_now = run.history.best_epoch == len(run.history.epochs) - 1
    if run.best is not None and not improved_now:
        tensors.update({f"best/{name}": tensor for name, tensor in run.best.items()})
    numbers: dict[str, Any] = {}
    for place, optimiser in enumerate(optimisers):
        for index, moments in optimiser.state_dict()["state"].items():
            for name, value in moments.items():
                key = f"optimiser/{place}/{index}/{name}"
                if isinstance(value, Tensor):
                    tensors[key] = value
                else:
                    numbers[key] = value
    state = {
        "plan": plan.identity(),
        "history": run.history.plain(),
        "numbers": numbers,
        "validated": run.best is not None,
    }
    return Checkpoint(tensors, state)


def restore(checkpoint: Checkpoint, module: nn.Module, optimisers: Optimisers, plan: Plan) -> Run:
    """Put module and optimisers into the checkpoint's state and give its run.

    Raises `OptionError` where the checkpoint belongs to another plan or another module.
    """
    _check(checkpoint, module, plan)
    model = _under("model/", checkpoint.tensors)
    module.load_state_dict(model)
    moments = {
        **_under("optimiser/", checkpoint.tensors),
        **_under("optimiser/", checkpoint.state["numbers"]),
    }
    for place, optimiser in enumerate(optimisers):
        state: dict[int, dict[str, Any]] = {}
        for key, value in _under(f"{place}/", moments).items():
            index, name = key.split("/", 1)
            state.setdefault(int(index), {})[name] = value
        optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
        _lay_out(optimiser)
    best = _under("best/", checkpoint.tensors) or {name: tensor.clone() for name, tensor in model.items()}
    return Run(History.of(checkpoint.state["history"]), best if checkpoint.state["validated"] else None)


def _lay_out(optimiser: torch.optim.Optimizer) -> None:
    """Bring moments into the layout in memory of their parameters: a fused step takes both as they lie."""
    for parameter, moments in optimiser.state.items():
        for name, value in moments.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                moments[name] = torch.empty_like(parameter).copy_(value)


def weights_of(module: nn.Module) -> Weights:
    """A copy of the module's weights and buffers."""
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def _under(prefix: str, named: Mapping[str, Any]) -> dict[str, Any]:
    return {name[len(prefix) :]: value for name, value in named.items() if name.startswith(prefix)}


def _check(checkpoint: Checkpoint, module: nn.Module, plan: Plan) -> None:
    given = json.loads(json.dumps(plan.identity()))
    kept = checkpoint.state["plan"]
    differing = sorted(name for name in {*given, *kept} if given.get(name) != kept.get(name))
    if differing:
        raise OptionError(
            f"The checkpoint was made by a plan with another {', '.join(differing)}.",
            "A run is resumed with the plan that it began with.",
            "Use that plan, or start anew with resume=False.",
        )
    shapes = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    stored = {name: tuple(tensor.shape) for name, tensor in _under("model/", checkpoint.tensors).items()}
    if shapes != stored:
        names = sorted(name for name in {*shapes, *stored} if shapes.get(name) != stored.get(name))
        raise OptionError(
            f"The checkpoint's weights differ from the module's in {', '.join(names[:5])}.",
            "A run is resumed with the module that it began with.",
            "Build the same module, or start anew with resume=False.",
        )
