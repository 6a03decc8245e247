"""What a photo network can learn by: its loss on a batch, by the objective's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.objectives.bootstrap import byol, simsiam
from shelfspace.objectives.distillation import cosine_distillation
from shelfspace.objectives.infonce import infonce, nt_xent
from shelfspace.objectives.redundancy import barlow_twins, vicreg
from shelfspace.objectives.supcon import supcon
from shelfspace.training.adversarial import adversarial
from shelfspace.training.photo_batches import PhotoBatch
from shelfspace.training.photo_learner import PhotoLearner
from shelfspace.training.photo_options import PhotoOptions
from shelfspace.training.photo_terms import domains_apart, label_loss, pixels_told, spoiled
from shelfspace.views.image.normalised import STD

Objective = Literal["supervised", "supcon", "simclr", "moco", "byol", "simsiam", "vicreg", "barlow"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
#: Those that learn from labels; all others from photos alone.
LABELLED: tuple[Objective, ...] = ("supervised", "supcon")

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


@dataclass(frozen=True)
class Known:
    """What is known of the photos of a lesson, as tensors over its rows.

    `labels` are int64 [n] by class column and `domains` int64 [n], both below 0 where unknown; `guesses` are
    probabilities [n, c] by column for the photos without a label there; `teacher` are vectors [n, d].
    """

    labels: Mapping[str, Tensor] = field(default_factory=dict)
    guesses: Mapping[str, Tensor] = field(default_factory=dict)
    teacher: Tensor | None = None
    domains: Tensor | None = None


def photo_loss(
    objective: Objective, known: Known, *, teaching: float = 1.0, options: PhotoOptions | None = None
) -> PhotoLoss:
    """The loss of `objective` and `options` for `fit_encoder`.

    With a teacher every look's features must tell its vector of the photo too: `teaching` times the
    distillation loss is added. Photos that are mixed have no one teacher's vector and no one domain.
    """
    chosen = options or PhotoOptions()
    epsilon = chosen.adversarial / 255 / (sum(STD) / len(STD))
    of_looks = _OfLooks(objective, known, teaching, chosen)
    moved = adversarial(of_looks, lambda module: module.get_submodule("pixels"), epsilon=epsilon, signed=True)

    def loss(module: nn.Module, batch: PhotoBatch) -> Tensor:
        assert isinstance(module, PhotoLearner)
        if module.target is None:
            return moved(module, batch)
        # Once a step, however often the loss below is asked for.
        module.follow(_MOMENTUM)
        targets = module.targets(torch.cat(batch.looks)).float()
        found = moved(module, replace(batch, targets=targets))
        if objective == "moco":
            module.enqueue(functional.normalize(targets, dim=1))
        return found

    return loss


@dataclass(frozen=True)
class _OfLooks:
    """The objective on a batch with the terms beside it; asked twice, it gives the same."""

    objective: Objective
    known: Known
    teaching: float
    options: PhotoOptions

    def __call__(self, module: nn.Module, batch: PhotoBatch) -> Tensor:
        assert isinstance(module, PhotoLearner)
        looks = torch.cat(batch.looks)
        if not self.options.reconstruction:
            features = module.network(module.pixels(looks))
            return self._joined(module, features, batch)
        shown, hidden = spoiled(looks, self.options)
        maps = module.network.maps(module.pixels(shown))
        told = self.options.reconstruction * pixels_told(module, maps, looks, hidden)
        return self._joined(module, maps.float().mean(dim=(2, 3)), batch) + told

    def _joined(self, learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
        loss, known = self._own(learner, features, batch), self.known
        if batch.partner is not None:
            return loss
        rows = batch.rows.repeat(len(batch.looks))
        if known.teacher is not None:
            told: Tensor = learner.description(features).float()
            loss = loss + self.teaching * cosine_distillation(told, known.teacher[rows])
        if known.domains is not None and self.options.domains and self.options.domain_weight:
            apart = domains_apart(learner, features, known.domains[rows], batch.done, self.options)
            loss = loss + self.options.domain_weight * apart
        return loss

    def _own(self, learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
        if self.objective == "supervised":
            return _supervised(learner, features, batch, self.known, label_loss(self.options, batch.done))
        if self.objective == "supcon":
            return _supcon(learner, features, batch, self.known.labels)
        return _ALONE[self.objective](learner, features, batch)


def _supervised(
    learner: PhotoLearner,
    features: Tensor,
    batch: PhotoBatch,
    known: Known,
    cost: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    """The sum over class columns of what the heads' opinions cost; of mixed photos that of both labels."""
    loss = features.sum() * 0.0
    shown = [(batch.rows, batch.share)]
    if batch.partner is not None:
        shown.append((batch.rows[batch.partner], 1 - batch.share))
    for name, logits in learner.logits(features).items():
        for rows, share in shown:
            wanted = known.labels[name][rows]
            told = _of_known(cost, logits, wanted)
            if name in known.guesses:
                sure = (wanted >= 0).float().mean()
                told = sure * told + (1 - sure) * _of_guessed(logits, known.guesses[name][rows], wanted)
            loss = loss + share * told
    return loss


def _of_known(cost: Callable[[Tensor, Tensor], Tensor], logits: Tensor, wanted: Tensor) -> Tensor:
    known = wanted >= 0
    if not bool(known.any()):
        return logits.sum() * 0.0
    return cost(logits[known], wanted[known])


def _of_guessed(logits: Tensor, guesses: Tensor, wanted: Tensor) -> Tensor:
    """What the photos without a label cost, by the guesses of them."""
    unknown = wanted < 0
    if not bool(unknown.any()):
        return logits.sum() * 0.0
    return functional.cross_entropy(logits[unknown], guesses[unknown])


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
    queries = learner.prediction(learner.projection(features)).float().chunk(2)
    keys = functional.normalize(_targets(batch), dim=1)
    queue, answers = learner.queue.held, keys.chunk(2)
    losses = [
        infonce(query, key, temperature=_TEMPERATURE, queue=queue, symmetric=False)
        for query, key in ((queries[0], answers[1]), (queries[1], answers[0]))
    ]
    return (losses[0] + losses[1]) / 2


def _byol(learner: PhotoLearner, features: Tensor, batch: PhotoBatch) -> Tensor:
    predictions = learner.prediction(learner.projection(features)).float().chunk(2)
    targets = _targets(batch).chunk(2)
    return byol(predictions[0], predictions[1], targets[0], targets[1])


def _targets(batch: PhotoBatch) -> Tensor:
    assert batch.targets is not None
    return batch.targets


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
