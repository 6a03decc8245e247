"""Fine-tune a pretrained text model: what is decided, and the bi-encoder that learns from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn

from shelfspace.encoders.adapters import Method, allocating, merged, tunable
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import Int64
from shelfspace.encoders.tower import TextTower, Tokens
from shelfspace.encoders.transformer import Precision, TransformerTextEncoder, in_bfloat16
from shelfspace.errors import OptionError
from shelfspace.objectives.supcon import supcon
from shelfspace.training.adversarial import adversarial
from shelfspace.training.epoch import Batches, Loss
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan
from shelfspace.training.rate import find_rate
from shelfspace.training.text import LessonBatches, LessonRows, TextLesson

TEMPERATURE = 0.05
_GENTLE = 0.25  # of the rate that learns fastest: what was learned before is to be kept
_SORTED_PARTS = 3  # into which a step's texts are cut by length, so that little is spent on padding


@dataclass(frozen=True)
class Tuning:
    """How a pretrained text model is fine-tuned.

    `method` moves all weights above the frozen layers, or adapters in them: "lora", "adalora" or "ia3", the
    first two of `rank`. `frozen_share` of the layers, the lowest ones, and the embeddings stay as they are.
    `steps` are the bi-encoder's, of `batch_size` pairs with their rivals; `epochs` the cross-encoder's, of
    `pairs_a_batch`. `accumulate` batches make a step. `learning_rate` None is a quarter of what a range test
    finds. With `adversarial` above 0 every text is learned a second time with its embeddings moved so far
    against it (FGM); `word_drop` is the chance that a token is left out. Raises `OptionError` for a figure
    out of range.
    """

    method: Method = "full"
    frozen_share: float = 0.5
    rank: int = 16
    steps: int = 60
    batch_size: int = 48
    epochs: int = 3
    pairs_a_batch: int = 32
    accumulate: int = 1
    learning_rate: float | None = None
    adversarial: float = 0.0
    word_drop: float = 0.0
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        sound = {
            "method": self.method in get_args(Method),
            "precision": self.precision in get_args(Precision),
            "frozen_share": 0 <= self.frozen_share < 1,
            "rank": self.rank >= 1,
            "accumulate": self.accumulate >= 1,
            "learning_rate": self.learning_rate is None or 0 < self.learning_rate < 1,
            "steps": self.steps >= 1,
            "batch_size": self.batch_size >= 2,
            "epochs": self.epochs >= 1,
            "pairs_a_batch": self.pairs_a_batch >= 1,
            "adversarial": 0 <= self.adversarial < float("inf"),
            "word_drop": 0 <= self.word_drop < 1,
        }
        for name, holds in sound.items():
            if not holds:
                raise OptionError(
                    f"The tuning's {name} is {getattr(self, name)!r}.",
                    "That is out of range.",
                    "See the docstring of Tuning for what each figure means.",
                )

    def plan(self, epochs: int, steps_per_epoch: int, *, device: str, seed: int) -> Plan:
        """The plan of a run; its learning rate is a start for the range test where none is given."""
        precision: Literal["float32", "bfloat16"] = (
            "bfloat16" if in_bfloat16(device, self.precision) else "float32"
        )
        return Plan(
            epochs=epochs,
            steps_per_epoch=steps_per_epoch,
            learning_rate=self.learning_rate or 2e-4,
            seed=seed,
            precision=precision,
            accumulate=self.accumulate,
        )


def tuning_of(texts: Sequence[str] | None) -> Tuning | None:
    """The tuning that texts such as "method=lora" and "rank=8" describe; None for none of them.

    Raises `OptionError` for what is no field of `Tuning`, or no value of it.
    """
    if not texts:
        return None
    kinds: dict[str, type] = {each.name: type(each.default) for each in fields(Tuning)}
    kinds["learning_rate"] = float
    given: dict[str, Any] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            given[name] = kinds[name](value)
        except (KeyError, ValueError) as error:
            raise OptionError(
                f"The tuning says {text!r}.",
                f"It says WHAT=VALUE, where WHAT is one of {', '.join(kinds)}.",
                "Mend it, for example --finetune method=lora --finetune rank=8.",
            ) from error
    return Tuning(**given)


def tune_meaning(
    text_model: TransformerTextEncoder,
    listings: Listings,
    lesson: TextLesson,
    tuning: Tuning,
    *,
    seed: int = 0,
    label: str = "Tuning the text model",
) -> tuple[TransformerTextEncoder, Tuning]:
    """`text_model` as a bi-encoder taught by `lesson`, and `tuning` with the learning rate that was used.

    The model itself, untouched, where the lesson has no positives.

    Listings of one product, tied together by the lesson's positives, are one label of a supervised
    contrastive loss; batches are source-aware, and hold hard and labelled negatives of either side.
    """
    if not len(lesson.positives):
        return text_model, tuning
    steps = tuning.steps
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        tower = tower_of(text_model, tuning, steps)
    tokens = text_model.tokens(listings)
    batches = _Batches(
        LessonBatches(lesson, steps * tuning.accumulate, tuning.batch_size),
        lesson.clusters(),
        tokens,
        tuning.word_drop,
    )
    plan = tuning.plan(1, steps, device=text_model.model.device.type, seed=seed)
    tuning = train(tower, batches, _loss, tuning, plan, label)
    return replace(text_model, model=merged(tower.model).eval()), tuning


def tower_of(text_model: TransformerTextEncoder, tuning: Tuning, steps: int) -> TextTower:
    """A trainable copy of the text model."""
    model = tunable(
        text_model.model,
        tuning.method,
        rank=tuning.rank,
        frozen_share=tuning.frozen_share,
        steps=steps,
    )
    return TextTower(model, text_model.pooling, text_model.tokenizer.pad_token_id or 0)


def train(
    module: nn.Module,
    batches: Batches[Any],
    loss: Loss[Any],
    tuning: Tuning,
    plan: Plan,
    label: str,
) -> Tuning:
    """Train a tower, or what holds one as `tower`, in place; the tuning with the rate that was used."""
    tower: Any = module if isinstance(module, TextTower) else module.tower
    model = tower.model
    if tuning.adversarial:
        loss = adversarial(loss, lambda _: model.get_input_embeddings(), epsilon=tuning.adversarial)
    if tuning.learning_rate is None:
        found = find_rate(module, batches, loss, plan=plan)
        plan = replace(plan, learning_rate=found.chosen * (_GENTLE if found.found else 1))
    with allocating(model):
        fit_encoder(module, batches, loss, plan=plan, label=label)
    return replace(tuning, learning_rate=plan.learning_rate)


def thinned(tokens: Tokens, chance: float, rng: np.random.Generator) -> list[list[int]]:
    """The texts without some of their tokens, each left out by `chance`; the first and last, marks, stay."""
    if not chance:
        return [list(text) for text in tokens]
    kept = []
    for text in tokens:
        stays = rng.random(len(text)) >= chance
        stays[[0, -1]] = True
        kept.append([token for token, stay in zip(text, stays, strict=True) if stay])
    return kept


@dataclass(frozen=True)
class _Batch:
    """Distinct listings of a step: their `tokens`, and which product each is, int64 `[b]`."""

    tokens: list[list[int]]
    clusters: Int64


@dataclass(frozen=True)
class _Batches:
    rows: LessonBatches
    clusters: Int64
    tokens: Tokens
    word_drop: float

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[_Batch]:
        for rows in self.rows(epoch, rng):
            yield self._batch(rows, rng)

    def _batch(self, rows: LessonRows, rng: np.random.Generator) -> _Batch:
        both = np.concatenate([rows.left, rows.right, rows.left_rivals, rows.right_rivals])
        distinct = np.unique(both)
        lengths = np.array([len(self.tokens[row]) for row in distinct])
        distinct = distinct[np.argsort(lengths, kind="stable")]
        texts = thinned([self.tokens[row] for row in distinct], self.word_drop, rng)
        return _Batch(texts, self.clusters[distinct])


def _loss(module: nn.Module, batch: _Batch) -> Tensor:
    edges = np.linspace(0, len(batch.tokens), _SORTED_PARTS + 1).astype(int)
    parts = [batch.tokens[start:end] for start, end in pairwise(edges) if end > start]
    vectors = torch.cat([module(part) for part in parts])
    labels = torch.from_numpy(batch.clusters).to(vectors.device)
    return supcon(vectors.float(), labels, temperature=TEMPERATURE)
