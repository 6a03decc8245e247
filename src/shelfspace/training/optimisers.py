"""The step: which parameters move how fast, and how far at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from shelfspace.errors import OptionError
from shelfspace.training.plan import Plan

Optimisers = Sequence[torch.optim.Optimizer]


def optimisers_of(module: nn.Module, plan: Plan) -> list[torch.optim.Optimizer]:
    """AdamW for ordinary parameters and SparseAdam for embeddings with `sparse=True`; each where needed.

    Biases, gains and other parameters of one dimension are not decayed, nor are sparse ones. Raises
    `OptionError` where nothing is to be trained or a key of `plan.rates` fits no parameter.
    """
    named = {name: weight for name, weight in module.named_parameters() if weight.requires_grad}
    _check(named, plan.rates)
    embeddings = [part for part in module.modules() if isinstance(part, nn.Embedding | nn.EmbeddingBag)]
    sparse = {id(part.weight) for part in embeddings if part.sparse}
    groups: dict[tuple[bool, float, float], list[Tensor]] = {}
    for name, weight in named.items():
        rate = _rate_of(name, plan.rates)
        is_sparse = id(weight) in sparse
        decay = plan.weight_decay if weight.ndim > 1 and not is_sparse else 0.0
        if rate > 0:
            groups.setdefault((is_sparse, rate, decay), []).append(weight)
    dense = [_group(*key[1:], weights) for key, weights in groups.items() if not key[0]]
    rows = [_group(*key[1:], weights) for key, weights in groups.items() if key[0]]
    for group in rows:
        del group["weight_decay"]  # SparseAdam knows none
    optimisers: list[torch.optim.Optimizer] = []
    if dense:
        fused = all(weight.device.type in ("cpu", "cuda") for weight in named.values())
        optimisers.append(torch.optim.AdamW(dense, lr=plan.learning_rate, fused=fused))
    if rows:
        optimisers.append(torch.optim.SparseAdam(rows, lr=plan.learning_rate))
    return optimisers


def step(optimisers: Optimisers, learning_rate: float, clip_norm: float | None) -> float | None:
    """Move all parameters once and give the gradient's length before clipping.

    A gradient that is not finite moves nothing and gives None.
    """
    moved = [
        weight
        for optimiser in optimisers
        for group in optimiser.param_groups
        for weight in group["params"]
        if weight.grad is not None
    ]
    norm = _clip(moved, clip_norm)
    if norm is None:
        return None
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * group["rate"]
        optimiser.step()
    return norm


def _clip(moved: list[Tensor], clip_norm: float | None) -> float | None:
    """Scale all gradients to a common length of at most `clip_norm`; torch's clipping refuses sparse ones."""
    parts: list[Tensor] = []
    for weight in moved:
        if weight.grad is not None and weight.grad.is_sparse:
            # A row that occurs twice has two entries, whose sum is what counts.
            weight.grad = weight.grad.coalesce()
            parts.append(weight.grad.values())
        elif weight.grad is not None:
            parts.append(weight.grad)
    if not parts:
        return 0.0
    norm = float(torch.stack([torch.linalg.vector_norm(part.float()) for part in parts]).norm())
    if norm != norm or norm == float("inf"):
        return None
    if clip_norm is not None and norm > clip_norm:
        for part in parts:
            part.mul_(clip_norm / norm)
    return norm


def _group(rate: float, decay: float, weights: list[Tensor]) -> dict[str, object]:
    return {"params": weights, "rate": rate, "weight_decay": decay}


def _rate_of(name: str, rates: Mapping[str, float]) -> float:
    fitting = [prefix for prefix in rates if name.startswith(prefix)]
    return rates[max(fitting, key=len)] if fitting else 1.0


def _check(named: Mapping[str, Tensor], rates: Mapping[str, float]) -> None:
    if not named:
        raise OptionError(
            "The module has no parameter that asks for a gradient.",
            "Training moves parameters.",
            "Leave out the training, or set requires_grad on what should be learned.",
        )
    for prefix in rates:
        if not any(name.startswith(prefix) for name in named):
            raise OptionError(
                f"No parameter's name begins with {prefix!r}.",
                f"The module has {', '.join(list(named)[:8])}.",
                "Correct the key in the plan's rates.",
            )
