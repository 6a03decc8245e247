"""Teach a cross-encoder the pairs that are hard to tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from shelfspace.encoders.adapters import merged
from shelfspace.encoders.cross import CrossEncoder, CrossTower, joined
from shelfspace.encoders.tower import TextTower, batches_by_length
from shelfspace.encoders.transformer import TransformerTextEncoder
from shelfspace.training.tuning import Tuning, thinned, tower_of, train

_TOKENS = 3  # of a pair, as a multiple of what the bi-encoder reads of a text: here details may decide
_HEAD_RATE = 10.0  # the head starts from nothing and has further to go


@dataclass(frozen=True)
class TextPairs:
    """Pairs of texts with `targets` `[m]` in 0…1: how probable it is that a pair is one product."""

    left: Sequence[str]
    right: Sequence[str]
    targets: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.left)


def tune_cross(
    text_model: TransformerTextEncoder,
    pairs: TextPairs,
    tuning: Tuning,
    *,
    seed: int = 0,
    label: str = "Tuning the cross-encoder",
) -> tuple[CrossEncoder, Tuning]:
    """A cross-encoder that starts as `text_model`, and `tuning` with the learning rate that was used.

    It learns the pairs' targets by their log loss. Every epoch reads each pair once, either text first by
    chance; a cross-encoder wants hundreds of them.
    """
    steps = max(1, -(-len(pairs) // (tuning.pairs_a_batch * tuning.accumulate)))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        tower = tower_of(text_model, tuning, steps * tuning.epochs)
        module = CrossTower(tower, text_model.dim)
    max_tokens = min(_TOKENS * text_model.max_tokens, text_model.longest)
    batches = _Batches(pairs, text_model, max_tokens, tuning)
    plan = tuning.plan(tuning.epochs, steps, device=text_model.model.device.type, seed=seed)
    tuning = train(module, batches, _loss, tuning, replace(plan, rates={"head": _HEAD_RATE}), label)
    trained = TextTower(merged(tower.model), tower.pooling, tower.padding)
    module.tower = trained
    return CrossEncoder(module.eval(), text_model.tokenizer, max_tokens, text_model.precision), tuning


@dataclass(frozen=True)
class _Batch:
    tokens: list[list[int]]
    targets: npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Batches:
    pairs: TextPairs
    text_model: TransformerTextEncoder
    max_tokens: int
    tuning: Tuning

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[_Batch]:
        pairs = self.pairs
        turned = rng.random(len(pairs)) < 0.5
        both = [
            (right, left) if turn else (left, right)
            for left, right, turn in zip(pairs.left, pairs.right, turned, strict=True)
        ]
        first, second = [one for one, _ in both], [other for _, other in both]
        tokens = joined(self.text_model.tokenizer, first, second, self.max_tokens)
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        for places in batches_by_length(lengths, self.tuning.pairs_a_batch, rng):
            texts = thinned([tokens[place] for place in places], self.tuning.word_drop, rng)
            yield _Batch(texts, pairs.targets[places])


def _loss(module: nn.Module, batch: _Batch) -> Tensor:
    logits = module(batch.tokens)
    targets = torch.from_numpy(batch.targets.astype(np.float32)).to(logits.device)
    return nn.functional.binary_cross_entropy_with_logits(logits.float(), targets)
