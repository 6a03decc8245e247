"""The text encoder taught by classes: supervised contrast and cross-entropy, vectors and head together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.encoders.bags import Bags
from shelfspace.encoders.learner import StaticTextLearner
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.objectives.supcon import supcon
from shelfspace.tasks.classify.kernel import Float32, Int64
from shelfspace.tasks.classify.things import Lesson, Things
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan

_BATCH = 256
_CONTRAST, _TEMPERATURE = 0.5, 0.1
_DROP = (0.1, 0.2)  # chances to lose a token, and all details
_START = 10.0  # length of a class's vector at the start: cosines are small, logits should not be
_LEAST_STEPS = 60


@dataclass(frozen=True)
class FinetunedClassifier:
    """Scores are vectors · `weight`ᵀ + `bias`, of the vectors of the taught `encoder`."""

    encoder: StaticTextEncoder
    weight: Float32
    bias: Float32

    def scores(self, things: Things) -> Float32:
        """One score a class, float32 `[n, c]`."""
        return np.asarray(self.encoder.encode_bags(things.bags) @ self.weight.T + self.bias, np.float32)


@dataclass(frozen=True)
class _Batch:
    bags: Bags
    labels: Tensor


class _Learner(nn.Module):
    """The encoder as a module, with a plane for each class that starts at the mean of its vectors."""

    def __init__(self, encoder: StaticTextEncoder, bags: Bags, labels: Int64, n_classes: int) -> None:
        super().__init__()
        self.text = StaticTextLearner(encoder)
        sums = np.zeros((n_classes, encoder.dim), np.float32)
        np.add.at(sums, labels, encoder.encode_bags(bags))
        self.head = nn.Linear(encoder.dim, n_classes)
        with torch.no_grad():
            self.head.weight.copy_(_START * functional.normalize(torch.from_numpy(sums), dim=1))
            self.head.bias.zero_()

    def forward(self, bags: Bags) -> Tensor:
        vectors: Tensor = self.text(bags)
        return vectors


def fit_finetuned(
    lesson: Lesson, encoder: StaticTextEncoder, *, epochs: int = 4, seed: int = 0
) -> FinetunedClassifier:
    """`encoder`, over whose vocabulary the lesson's bags are made, taught by the known classes.

    The loss is cross-entropy plus half of `supcon` on looks that lost a tenth of their tokens.
    """
    known = lesson.known()
    bags, labels = lesson.things.bags.take(known), lesson.labels[known]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        learner = _Learner(encoder, bags, labels, lesson.n_classes)
    if len(known) > 1:
        a_pass = -(-len(known) // _BATCH)
        epochs = max(epochs, -(-_LEAST_STEPS // a_pass))
        plan = Plan(
            epochs=epochs,
            steps_per_epoch=a_pass,
            learning_rate=1e-2,
            rates={"text.offset": 0.5, "text.vectors": 0.5, "head": 2.0},
            weight_decay=0.0,
            clip_norm=5.0,
            seed=seed,
        )
        fit_encoder(learner, _Batches(bags, labels), _loss, plan=plan, label="Learning classes")
    head = learner.head
    return FinetunedClassifier(
        learner.text.encoder(), head.weight.detach().numpy().copy(), head.bias.detach().numpy().copy()
    )


@dataclass(frozen=True)
class _Batches:
    """All labelled things once an epoch, in an order of its own."""

    bags: Bags
    labels: Int64

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[_Batch]:
        order = rng.permutation(len(self.labels))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            yield _Batch(self.bags.take(rows).thinned(rng, *_DROP), torch.from_numpy(self.labels[rows]))


def _loss(module: nn.Module, batch: _Batch) -> Tensor:
    assert isinstance(module, _Learner)
    vectors = module(batch.bags)
    told = functional.cross_entropy(module.head(vectors), batch.labels)
    return told + _CONTRAST * supcon(vectors, batch.labels, temperature=_TEMPERATURE)
