"""Training against the worst small move of the word vectors, or of the pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import unit
from shelfspace.training.epoch import Batch, Loss
from shelfspace.training.left_as_found import graphics_of


def adversarial(
    loss: Loss[Batch],
    embedding_of: Callable[[nn.Module], nn.Module],
    *,
    epsilon: float = 1.0,
    signed: bool = False,
) -> Loss[Batch]:
    """A loss: the mean of `loss` and of `loss` with every text's word vectors moved to raise it.

    The Fast Gradient Method of Miyato, Dai & Goodfellow 2017 (equations 5 and 6): the second pass reads
    s + r in place of s, with r = ε g / ‖g‖ and g the gradient of the loss by s, the word vectors of a text.
    `embedding_of(module)` is the layer whose outputs `[n, …]` are s, such as a Hugging Face model's
    `get_input_embeddings()`; its weights may be frozen. Each call of that layer within `loss` (left texts,
    right texts) is moved by its own gradient. The norm is a text's own, over all but the first dimension:
    every text is moved by ε, whatever the batch. A text that the loss is blind to stays where it is.

    With `signed`, r = ε sign(g), every component moved alike (the Fast Gradient Sign Method of Goodfellow et
    al. 2015, section 4): for pixels, through an identity layer that photos go through.

    Differs from the paper: words are not normalised by their frequencies (equation 1), which would change
    what a pretrained model reads, so ε is in units of its word vectors; the mean of both losses is taken, not
    their sum, which keeps the loss's scale; both passes draw the same dropout and so differ by r alone.

    A step costs a second forward and two more backward passes. An `epsilon` of 0 gives `loss` itself, as does
    a call without gradients. No hook outlives a call. Not to be combined with `cached_vectors` or gradient
    checkpoints, which would encode the texts again without the move.

    Raises `OptionError` for an `epsilon` below 0 or not finite; when called, for a layer that `loss` does not
    go through, or goes through more often the second time.
    """
    if not 0 <= epsilon < math.inf:
        raise OptionError(f"epsilon is {epsilon}.", "It is a length, 0 or above.", "1.0 is usual.")

    def mean_of_both(module: nn.Module, batch: Batch) -> Tensor:
        if epsilon == 0 or not torch.is_grad_enabled():
            return loss(module, batch)
        layer, random = embedding_of(module), _random(module)
        shifts: list[Tensor] = []

        def watched(output: Tensor) -> Tensor:
            shifts.append(torch.zeros_like(output, requires_grad=True))
            return output + shifts[-1]

        def moved(output: Tensor) -> Tensor:
            if not moves:
                raise _strange(layer, "is called more often in a second pass over the same batch")
            return output + moves.pop(0)

        with _changed(layer, watched):
            plain = loss(module, batch)
        if not shifts:
            raise _strange(layer, "is not called by the loss")
        if plain.ndim or not torch.isfinite(plain):
            return plain  # the fit loop knows what to do with it
        moves = _moves(plain, shifts, epsilon, signed)
        with _drawn_again(module, random), _changed(layer, moved):
            return (plain + loss(module, batch)) / 2

    return mean_of_both


def _moves(plain: Tensor, shifts: list[Tensor], epsilon: float, signed: bool) -> list[Tensor]:
    """ε g / ‖g‖ of every output of the layer, the norm over all but its first dimension; or ε sign(g)."""
    with torch.autocast(plain.device.type, enabled=False):
        gradients = torch.autograd.grad(plain, shifts, retain_graph=True, allow_unused=True)
        return [
            torch.zeros_like(shift)
            if gradient is None
            else epsilon * (gradient.sign() if signed else _unit(gradient)).to(shift.dtype)
            for gradient, shift in zip(gradients, shifts, strict=True)
        ]


def _unit(gradient: Tensor) -> Tensor:
    return unit(gradient.reshape(len(gradient), -1)).view_as(gradient)


@contextmanager
def _changed(layer: nn.Module, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Let every output of `layer` be changed within."""
    hook = layer.register_forward_hook(lambda part, given, output: change(output))
    try:
        yield
    finally:
        hook.remove()


def _random(module: nn.Module) -> tuple[Tensor, list[Tensor]]:
    """The random states of the CPU and of the module's other devices."""
    return torch.get_rng_state(), [torch.cuda.get_rng_state(device) for device in graphics_of(module)]


@contextmanager
def _drawn_again(module: nn.Module, random: tuple[Tensor, list[Tensor]]) -> Iterator[None]:
    """Draw as from the random states given; afterwards go on from where it was before."""
    devices = graphics_of(module)
    with torch.random.fork_rng(devices=devices):
        torch.set_rng_state(random[0])
        for device, state in zip(devices, random[1], strict=True):
            torch.cuda.set_rng_state(state, device)
        yield


def _strange(layer: nn.Module, what: str) -> OptionError:
    return OptionError(
        f"The {type(layer).__name__} given as the layer of word vectors {what}.",
        "Its outputs are what is moved, the same ones in both passes.",
        "Let embedding_of give the embedding that the texts go through, and keep the loss a function of its "
        "batch.",
    )
