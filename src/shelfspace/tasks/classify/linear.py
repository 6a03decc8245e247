"""A linear probe: how much of the classes can be read off frozen features by a plane for each class."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.tasks.classify.kernel import Float32, Int64

_DECAYS = (1e-4, 1e-3, 1e-2)
_STEPS = 60


def linear_accuracy(
    train: tuple[Float32, Int64], valid: tuple[Float32, Int64], test: tuple[Float32, Int64]
) -> float:
    """The accuracy on `test` of multinomial logistic regression on `train`, its decay chosen on `valid`.

    Each is features `[n, d]` with classes `[n]`; rows of an unknown class (below 0) are left out. Features
    are centred and brought to one scale by those of `train`. No test row with a class, or no training row: 0.
    """
    parts = [_known(*part) for part in (train, valid, test)]
    if not len(parts[0][1]) or not len(parts[2][1]):
        return 0.0
    mean = parts[0][0].mean(0)
    spread = (parts[0][0] - mean).square().mean().sqrt().clamp(min=1e-6)
    (x, y), held, looked = [((features - mean) / spread, classes) for features, classes in parts]
    n_classes = max(int(classes.max()) for _, classes in parts if len(classes)) + 1
    fitted = [_fitted(x, y, n_classes, decay) for decay in _DECAYS]
    best = max(fitted, key=lambda plane: _accuracy(plane, *held)) if len(held[1]) else fitted[1]
    return _accuracy(best, *looked)


def _fitted(x: Tensor, y: Tensor, n_classes: int, decay: float) -> tuple[Tensor, Tensor]:
    weight = torch.zeros(x.shape[1], n_classes, requires_grad=True)
    bias = torch.zeros(n_classes, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weight, bias], max_iter=_STEPS, history_size=10, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = functional.cross_entropy(x @ weight + bias, y) + decay * weight.square().sum() / 2
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weight.detach(), bias.detach()


def _accuracy(plane: tuple[Tensor, Tensor], x: Tensor, y: Tensor) -> float:
    return float(((x @ plane[0] + plane[1]).argmax(1) == y).float().mean())


def _known(features: Float32, classes: Int64) -> tuple[Tensor, Tensor]:
    rows = np.flatnonzero(classes >= 0)
    return torch.from_numpy(features[rows]), torch.from_numpy(classes[rows])
