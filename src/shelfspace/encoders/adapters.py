"""Which weights of a pretrained text model are trained: its upper layers, or small adapters in them."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, get_args

from torch import nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook

from shelfspace.errors import MissingExtraError, OptionError

Method = Literal["full", "lora", "adalora", "ia3"]

_SCALE = 2.0  # α / r, by which LoRA's product counts beside the weights it is added to
_SURPLUS = 1.5  # AdaLoRA begins with so many times the rank that it ends with (Zhang et al. 2023, section 4)
_WARM, _SETTLED = 10, 2  # of AdaLoRA's steps, a tenth before ranks fall and half after they have


def tunable(
    model: nn.Module,
    method: Method = "full",
    *,
    rank: int = 16,
    frozen_share: float = 0.5,
    steps: int = 1000,
) -> nn.Module:
    """A copy of a Hugging Face `model` that is ready to be trained; the one given is left as it is.

    Its embeddings and the first `frozen_share` of its layers (rounded down) ask for no gradient; a share of 0
    leaves all free. The layers are the longest `nn.ModuleList` of modules of one class. The copy is called
    like the model and gives what it gives until it is trained. What is trained is, by `method`:

    - "full": all weights that are not frozen.
    - "lora": two thin matrices of `rank` beside every linear part of the layers that are not frozen, in
      attention and feed-forward alike; all else is frozen (Hu et al. 2021, equation 3, with α = 2 r).
    - "adalora": the same in the form of a singular value decomposition, that begins with a rank half as large
      again, and whose ranks are then allocated where they matter, to `rank` a layer on average (Zhang et al.
      2023); train it for `steps` steps within `allocating`.
    - "ia3": a factor for each output of these linear layers, or for each input of those that narrow
      (Liu et al. 2022, section 3.3).

    Differs from the papers: LoRA, AdaLoRA and (IA)³ serve every linear layer, not chosen ones; AdaLoRA is
    trained without the penalty that keeps its factors orthogonal (equation 4), as the loss is the caller's.

    Adapters begin with draws from torch's random state. Raises `MissingExtraError` where a method other than
    "full" lacks the package peft, and `OptionError` for an option out of range and a model without layers.
    """
    _check(method, rank, frozen_share, steps)
    tuned = copy.deepcopy(model).requires_grad_(True)
    name, layers = _layers_of(tuned)
    n_frozen = int(frozen_share * len(layers))
    if method != "full":
        return _adapted(tuned, method, _linear_layers(tuned, name, n_frozen, len(layers)), rank, steps)
    if frozen_share > 0:
        for part in (*_embeddings_of(tuned, layers), *list(layers)[:n_frozen]):
            part.requires_grad_(False)
    return tuned


def merged(model: nn.Module) -> nn.Module:
    """The plain Hugging Face model that computes what `model`, made by `tunable`, computes.

    Adapters are multiplied into a copy of the weights, which can be saved and opened without peft; a model
    without adapters is given back itself.
    """
    if not hasattr(model, "merge_and_unload"):
        return model
    tuned: Any = copy.deepcopy(model)
    plain: nn.Module = tuned.merge_and_unload()
    return plain.requires_grad_(True)


@contextmanager
def allocating(model: nn.Module) -> Iterator[None]:
    """Within it, AdaLoRA's ranks are allocated anew after every step of an optimiser that moves them.

    Steps are counted from the entry, so an interrupted training is begun again, not resumed. `model` may hold
    the one that `tunable` made; nothing happens for other methods. The hook is gone afterwards.
    """
    owner: Any = next((part for part in model.modules() if hasattr(part, "update_and_allocate")), None)
    if owner is None:
        yield
        return
    adapters = [weight for name, weight in owner.named_parameters() if ".lora_" in name]
    done = 0

    def allocate(optimiser: Optimizer, *_: Any) -> None:
        nonlocal done
        moved = {id(weight) for group in optimiser.param_groups for weight in group["params"]}
        if id(adapters[0]) in moved:
            done += 1
            _fill_gradients(adapters)
            owner.update_and_allocate(done)

    hook = register_optimizer_step_post_hook(allocate)
    try:
        yield
    finally:
        hook.remove()


def n_trainable(model: nn.Module) -> int:
    """How many numbers of the model training moves."""
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def _fill_gradients(adapters: list[Any]) -> None:
    """Zeros where the loss did not reach an adapter: peft multiplies by every gradient."""
    for weight in adapters:
        if weight.grad is None:
            weight.grad = weight.detach().new_zeros(weight.shape)


def _layers_of(model: nn.Module) -> tuple[str, nn.ModuleList]:
    """The longest list of modules of one class, and its name; the first of equally long ones."""
    lists = {
        name: part
        for name, part in model.named_modules()
        if isinstance(part, nn.ModuleList) and len({type(layer) for layer in part}) == 1
    }
    if not lists:
        raise OptionError(
            f"The {type(model).__name__} has no list of layers.",
            "A text model that can be tuned keeps its layers, all of one class, in an nn.ModuleList.",
            "Give the encoder itself, such as a BERT.",
        )
    return max(lists.items(), key=lambda item: len(item[1]))


def _embeddings_of(model: nn.Module, layers: nn.ModuleList) -> list[nn.Module]:
    """All embeddings outside the layers, and what stands with the words' in a part of its own."""
    inside = set(layers.modules())
    found: list[nn.Module] = [
        part for part in model.modules() if isinstance(part, nn.Embedding) and part not in inside
    ]
    for part in model.children():
        within = set(part.modules())
        if layers not in within and within & set(found):
            found.append(part)
    return found


def _linear_layers(model: nn.Module, name: str, first: int, end: int) -> dict[str, nn.Linear]:
    """The linear layers of the model's layers from `first` on, by their full names."""
    prefixes = tuple(f"{name}.{index}." for index in range(first, end))
    return {
        full: part
        for full, part in model.named_modules()
        if isinstance(part, nn.Linear) and full.startswith(prefixes)
    }


def _adapted(
    model: nn.Module, method: Method, linear: dict[str, nn.Linear], rank: int, steps: int
) -> nn.Module:
    peft = _peft()
    names = list(linear)
    if method == "lora":
        config = peft.LoraConfig(r=rank, lora_alpha=_SCALE * rank, target_modules=names)
    elif method == "ia3":
        narrowing = [name for name, part in linear.items() if part.in_features > part.out_features]
        config = peft.IA3Config(target_modules=names, feedforward_modules=narrowing)
    else:
        begun = max(rank + 1, round(_SURPLUS * rank))
        config = peft.AdaLoraConfig(
            init_r=begun,
            target_r=rank,
            lora_alpha=_SCALE * begun,
            tinit=steps // _WARM,
            tfinal=max(0, min(steps // _SETTLED, steps - 2)),  # what matters is known after a step
            deltaT=max(1, steps // 100),
            total_step=max(2, steps),
            target_modules=names,
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers in an outgoing way
        adapted: nn.Module = peft.get_peft_model(model, config)
    return adapted.train(model.training)


def _peft() -> Any:
    try:
        import peft
    except ImportError as error:
        raise MissingExtraError(
            "Adapters were asked for, and the package peft is not installed.",
            "It comes with an extra.",
            'Run: pip install "shelfspace[finetune]"',
        ) from error
    return peft


def _check(method: str, rank: int, frozen_share: float, steps: int) -> None:
    sound = {
        f"method is {method!r}": method in get_args(Method),
        f"rank is {rank}": rank >= 1,
        f"frozen_share is {frozen_share}": 0 <= frozen_share < 1,
        f"steps is {steps}": steps >= 1,
    }
    for what, holds in sound.items():
        if not holds:
            raise OptionError(
                f"The {what}.",
                f"The method is one of {', '.join(get_args(Method))}, rank and steps are 1 or more, and the "
                "share is at least 0 and below 1.",
                "16, 0.5 and the number of steps of the training are usual.",
            )
