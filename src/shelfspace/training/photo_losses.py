"""What a photo network can learn by: its loss on a batch, by the objective's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.objectives.bootstrap import byol, simsiam
from shelfspace.objectives.distillation import cosine_distillation
from shelfspace.objectives.infonce import infonce, nt_xent
from shelfspace.objectives.redundancy import barlow_twins, vicreg
from shelfspace.objectives.supcon import supcon
from shelfspace.training.photo_batches import PhotoBatch
from shelfspace.training.photo_learner import PhotoLearner

Objective = Literal["supervised", "supcon", "simclr", "moco", "byol", "simsiam", "vicreg", "barlow"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
#: Those that learn from labels; all others from photos alone.
LABELLED: tuple[Objective, ...] = ("supervised", "supcon")

_SMOOTHING = 0.1  # of labels: the rest of the certainty is spread over all classes
_TEMPERATURE = 0.2
_MOMENTUM = 0.99
PhotoLoss = Callable[[nn.Module, PhotoBatch], Tensor]


@dataclass(frozen=True)
class Parts:
    """What an objective needs of the learner besides the network."""

    projected: bool = True
    predicted: bool = False
    targeted: bool = False
    last_norm: bool = False


PARTS: dict[Objective, Parts] = {
    "supervised": Parts(projected=False),
    "supcon": Parts(),
    "simclr": Parts(),
    "moco": Parts(predicted=True, targeted=True),
    "byol": Parts(predicted=True, targeted=True),
    "simsiam": Parts(predicted=True, last_norm=True),
    "vicreg": Parts(),
    "barlow": Parts(),
}


def photo_loss(
    objective: Objective, labels: Mapping[str, Tensor], teacher: Tensor | None = None, weight: float = 0.0
) -> PhotoLoss:
    """The loss of `objective` for `fit_encoder`; `labels` are int64 [n] by class column, below 0 unknown.

    With `teacher` [n, d], every look's features must tell the teacher's vector of the photo too: `weight`
    times the distillation loss is added.
    """

    def loss(module: nn.Module, batch: PhotoBatch) -> Tensor:
        assert isinstance(module, PhotoLearner)
        features = module.network(torch.cat(batch.looks))
        if objective == "supervised":
            own = _supervised(module, features, batch, labels)
        elif objective == "supcon":
            own = _supcon(module, features, batch, labels)
        else:
            own = _ALONE[objective](module, features, batch)
        if teacher is None or batch.partner is not None:
            return own
        wanted = teacher[batch.rows].repeat(len(batch.looks), 1)
        told: Tensor = module.description(features).float()
        loss: Tensor = own + weight * cosine_distillation(told, wanted)
        return loss

    return loss


def _supervised(
    learner: PhotoLearner, features: Tensor, batch: PhotoBatch, labels: Mapping[str, Tensor]
) -> Tensor:
    """The sum over class columns of the smoothed cross-entropy; of mixed photos that of both labels."""
    loss = features.sum() * 0.0
    for name, logits in learner.logits(features).items():
        wanted = labels[name][batch.rows]
        loss = loss + batch.share * _cross_entropy(logits, wanted)
        if batch.partner is not None:
            loss = loss + (1 - batch.share) * _cross_entropy(logits, wanted[batch.partner])
    return loss


def _cross_entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    known = wanted >= 0
    if not bool(known.any()):
        return logits.sum() * 0.0
    return functional.cross_entropy(logits[known], wanted[known], label_smoothing=_SMOOTHING)


def _supcon(
    learner: PhotoLearner, features: Tensor, batch: PhotoBatch, labels: Mapping[str, Tensor]
) -> Tensor:
    """The mean over class columns; what has no label is of a class of its own."""
    vectors: Tensor = learner.projection(features).float()
    loss: Tensor = vectors.sum() * 0.0
    for wanted in labels.values():
        own = wanted[batch.rows]
        own = torch.where(own < 0, -1 - torch.arange(len(own)), own)
        loss = loss + supcon(vectors, own.repeat(2), temperature=_TEMPERATURE) / len(labels)
    return loss


def _simclr(learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
    first, second = learner.projection(features).float().chunk(2)
    return nt_xent(first, second, temperature=_TEMPERATURE)


def _moco(learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
    """Both looks ask, the slow copy's vector of the other look answers.

    The other keys of the batch are negatives, as in MoCo v3, and so are the queue's, as in v2.
    """
    learner.follow(_MOMENTUM)
    queries = learner.prediction(learner.projection(features)).float().chunk(2)
    keys = functional.normalize(learner.targets(torch.cat(batch.looks)).float(), dim=1)
    queue, answers = learner.queue.held, keys.chunk(2)
    losses = [
        infonce(query, key, temperature=_TEMPERATURE, queue=queue, symmetric=False)
        for query, key in ((queries[0], answers[1]), (queries[1], answers[0]))
    ]
    learner.enqueue(keys)
    return (losses[0] + losses[1]) / 2


def _byol(learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
    learner.follow(_MOMENTUM)
    predictions = learner.prediction(learner.projection(features)).float().chunk(2)
    targets = learner.targets(torch.cat(batch.looks)).float().chunk(2)
    return byol(predictions[0], predictions[1], targets[0], targets[1])


def _simsiam(learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
    projections = learner.projection(features)
    predictions = learner.prediction(projections).float().chunk(2)
    first, second = projections.float().chunk(2)
    loss: Tensor = 1.0 + simsiam(predictions[0], predictions[1], first, second)
    return loss


def _vicreg(learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
    first, second = learner.projection(features).float().chunk(2)
    return vicreg(first, second)


def _barlow(learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
    first, second = learner.projection(features).float().chunk(2)
    return barlow_twins(first, second)


_ALONE: dict[Objective, Callable[[PhotoLearner, Tensor, PhotoBatch], Tensor]] = {
    "simclr": _simclr,
    "moco": _moco,
    "byol": _byol,
    "simsiam": _simsiam,
    "vicreg": _vicreg,
    "barlow": _barlow,
}
