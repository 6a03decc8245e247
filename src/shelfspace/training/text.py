"""Teach the static text encoder: labelled and derived pairs, hard negatives, and two looks at one listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse.csgraph import connected_components
from torch import Tensor, nn

from shelfspace.data.neighbours import Neighbours
from shelfspace.encoders.bags import Bags
from shelfspace.encoders.learner import StaticTextLearner
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.objectives.infonce import infonce
from shelfspace.training.fit import fit_encoder
from shelfspace.training.gate import Trial, Verdict, gate
from shelfspace.training.history import History
from shelfspace.training.plan import Plan
from shelfspace.training.recipe import TextRecipe
from shelfspace.views.batches import PairBatches, false_negative_mask
from shelfspace.views.negatives import contains, hard_negatives, known_mask

PAIRS_A_BATCH, LOOKS_A_BATCH = 128, 128
_RATES = {"gate": 1.0, "offset": 0.5, "log_detail": 1.0}  # beside the plan's
#: How far from the closed form to the learned encoder the gate may go.
SHARES = {"closed": 0.0, "quarter": 0.25, "half": 0.5, "most": 0.75, "learned": 1.0}
_PAIR_DROP, _LOOK_DROP = (0.1, 0.2), (0.3, 0.5)  # chances to lose a token, and all details
_OFFSET_DECAY = 0.01
_N_RIVALS = 5_000  # listings a held-out pair is ranked among
_N_HELD_OUT = 1_000  # held-out pairs that the gate looks at: enough for a standard error of a hundredth


@dataclass(frozen=True)
class TextLesson:
    """What there is to learn from, in catalogue rows.

    `positives` and `negatives` are pairs of rows int64 `[m, 2]`, `weights` `[m]` of the positives; `looks`
    are bags of altered texts of the listings at `look_rows`; `neighbours` are the lexical nearest of every
    listing, which hard negatives come from; `shops` int64 `[n]` numbers the shop of each listing.
    """

    bags: Bags
    shops: Int64
    positives: Int64
    neighbours: Neighbours
    negatives: Int64 = field(default_factory=lambda: np.empty((0, 2), np.int64))
    weights: npt.NDArray[np.float32] | None = None
    looks: Bags | None = None
    look_rows: Int64 = field(default_factory=lambda: np.empty(0, np.int64))

    def known(self) -> Any:
        """The positives as a symmetric boolean CSR matrix `[n, n]`."""
        return known_mask(self.positives[:, 0], self.positives[:, 1], self.bags.n)

    def clusters(self) -> Int64:
        """The number of the product that each listing is, int64 `[n]`: those tied by positives share one."""
        numbers: Int64 = connected_components(self.known(), directed=False)[1].astype(np.int64)
        return numbers

    def without(self, pairs: Int64) -> TextLesson:
        """The same lesson without the labels of `pairs` `[m, 2]`, whichever way round they stand in it."""
        kept = ~np.isin(_keys(self.positives), _keys(pairs))
        return replace(
            self,
            positives=self.positives[kept],
            weights=None if self.weights is None else self.weights[kept],
            negatives=self.negatives[~np.isin(_keys(self.negatives), _keys(pairs))],
        )


@dataclass(frozen=True)
class LessonRows:
    """Rows of a step: pairs `left` and `right`, and negatives for either side."""

    left: Int64
    right: Int64
    left_rivals: Int64
    right_rivals: Int64


@dataclass(frozen=True)
class _TextBatch:
    """A step: its rows, which of them are known to be the same, their bags, and two looks."""

    rows: LessonRows
    masks: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]
    sides: tuple[Bags, Bags]
    looks: tuple[Bags, Bags] | None


def text_plan(recipe: TextRecipe, *, seed: int) -> Plan:
    """The plan of a recipe."""
    return Plan(
        epochs=recipe.epochs if recipe.steps else 0,
        steps_per_epoch=max(1, -(-recipe.steps // recipe.epochs)),
        learning_rate=recipe.learning_rate,
        rates={**_RATES, "vectors": recipe.vector_rate},
        weight_decay=0.0,
        clip_norm=5.0,
        seed=seed,
    )


def learn_text(
    encoder: StaticTextEncoder,
    lesson: TextLesson,
    recipe: TextRecipe,
    *,
    seed: int = 0,
    label: str = "Learning text",
    checkpoint: Path | None = None,
    resume: bool = False,
) -> tuple[StaticTextEncoder, History]:
    """`encoder` trained on `lesson`; the last weights, whatever they are worth: the gate comes after.

    `checkpoint` and `resume` are those of `fit_encoder`. One encoder is trained, whatever the recipe's
    `members`: see `TextStudy.learn`.
    """
    plan = text_plan(recipe, seed=seed)
    with torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        learner = StaticTextLearner(encoder)
    batches = _TextBatches(LessonBatches(lesson, plan.steps_per_epoch or 1, PAIRS_A_BATCH))
    history = fit_encoder(
        learner, batches, _loss_of(recipe), plan=plan, checkpoint=checkpoint, resume=resume, label=label
    )
    return learner.encoder(), history


def choose_text(
    closed: StaticTextEncoder, learned: StaticTextEncoder, lesson: TextLesson, held_out: Int64
) -> tuple[StaticTextEncoder, Verdict]:
    """The closed form, the learned encoder or a blend of both: which one ranks held-out pairs best.

    `held_out` are pairs of rows `[m, 2]` that training has not seen; 1,000 of them at most are looked at. The
    figure of a pair is the reciprocal rank of its right listing among 5,000 of that shop at most. Fewer than
    two pairs say nothing: the closed form is chosen.
    """
    if len(held_out) < 2:
        alone = {"closed": 1.0}
        return closed, Verdict("closed", alone, 0.0, (Trial("closed", alone, 0.0, 0.0, 0.0),), {})
    if len(held_out) > _N_HELD_OUT:
        held_out = np.random.default_rng(0).permutation(held_out)[:_N_HELD_OUT]
    rivals = _rival_rows(lesson, held_out)
    scores = {
        name: _held_out_scores(closed.blended(learned, share), lesson, held_out, rivals)
        for name, share in SHARES.items()
    }
    verdict = gate(scores, _reciprocal_rank, steps=1)
    return closed.blended(learned, SHARES[verdict.name]), verdict


def held_out_ranks(
    encoder: StaticTextEncoder, lesson: TextLesson, held_out: Int64
) -> npt.NDArray[np.float64]:
    """The reciprocal rank of each held-out pair's right listing, `[m]`, as `choose_text` has it."""
    return _reciprocal_rank(_held_out_scores(encoder, lesson, held_out, _rival_rows(lesson, held_out)))


def _reciprocal_rank(scores: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """1 / the rank of the first column among all columns, ties counted against it."""
    rank: npt.NDArray[np.int64] = (scores[:, 1:] >= scores[:, :1]).sum(axis=1) + 1
    return 1.0 / rank


def _rival_rows(lesson: TextLesson, held_out: Int64) -> Int64:
    right_shops = np.isin(lesson.shops, np.unique(lesson.shops[held_out[:, 1]]))
    rows = np.setdiff1d(np.flatnonzero(right_shops), held_out[:, 1])
    if len(rows) > _N_RIVALS:
        rows = np.random.default_rng(0).choice(rows, _N_RIVALS, replace=False)
    return np.concatenate([np.unique(held_out[:, 1]), rows]).astype(np.int64)


def _held_out_scores(
    encoder: StaticTextEncoder, lesson: TextLesson, held_out: Int64, rivals: Int64
) -> npt.NDArray[np.float32]:
    """Cosines `[m, 1 + rivals]`: the pair's own first, then every rival's, known partners left out."""
    left = encoder.encode_bags(lesson.bags.take(held_out[:, 0]))
    right = encoder.encode_bags(lesson.bags.take(held_out[:, 1]))
    scores = left @ encoder.encode_bags(lesson.bags.take(rivals)).T
    same = np.concatenate([lesson.positives, held_out])
    partners = known_mask(same[:, 0], same[:, 1], lesson.bags.n)
    known = contains(partners, held_out[:, 0], np.broadcast_to(rivals, scores.shape))
    itself = rivals[None, :] == held_out[:, :1]
    scores[known | itself] = -np.inf
    return np.hstack([(left * right).sum(axis=1, keepdims=True), scores])


def _keys(pairs: Int64) -> Int64:
    """One number a pair of rows `[m, 2]`, the same for both orders."""
    keys: Int64 = pairs.min(axis=1) * (1 << 32) + pairs.max(axis=1)
    return keys


class LessonBatches:
    """Draws the rows of an epoch's steps from a lesson: pairs of two shops, hard and labelled negatives."""

    def __init__(self, lesson: TextLesson, steps: int, batch_size: int) -> None:
        self.lesson, self.known = lesson, lesson.known()
        self._steps = steps
        left, right = lesson.positives.T
        self._pairs = PairBatches(
            left, right, weights=lesson.weights, batch_size=batch_size, steps=steps, shops=lesson.shops
        )
        # Batches turn pairs by their shops, so a negative must be found from either of its ends.
        both = np.concatenate([lesson.negatives, lesson.negatives[:, ::-1]])
        self._negatives = both[np.argsort(both[:, 0], kind="stable")]

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[LessonRows]:
        """The rows of each step; no rows at all where the lesson has no positives."""
        if not len(self.lesson.positives):
            nothing = np.empty(0, np.int64)
            for _ in range(self._steps):
                yield LessonRows(nothing, nothing, nothing, nothing)
            return
        for pair in self._pairs(epoch, rng):
            rivals = [self._rivals(pair.left, rng), self._labelled(pair.left, rng)]
            yield LessonRows(
                pair.left, pair.right, self._rivals(pair.right, rng), np.concatenate(rivals).astype(np.int64)
            )

    def _rivals(self, anchors: Int64, rng: np.random.Generator) -> Int64:
        near = self.lesson.neighbours
        found = hard_negatives(
            anchors, Neighbours(near.ids[anchors], near.scores[anchors]), self.known, n_each=1, rng=rng
        ).ravel()
        return found[found >= 0]

    def _labelled(self, anchors: Int64, rng: np.random.Generator) -> Int64:
        """One labelled negative of each anchor that has any."""
        first = np.searchsorted(self._negatives[:, 0], anchors, side="left")
        last = np.searchsorted(self._negatives[:, 0], anchors, side="right")
        some = last > first
        chosen = first + (rng.random(len(anchors)) * (last - first)).astype(np.int64)
        labelled: Int64 = self._negatives[chosen[some], 1]
        return labelled


@dataclass(frozen=True)
class _TextBatches:
    """The steps of an epoch: bags of the rows, and of two looks."""

    rows: LessonBatches

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[_TextBatch]:
        for rows in self.rows(epoch, rng):
            yield self._batch(rows, rng)

    def _batch(self, rows: LessonRows, rng: np.random.Generator) -> _TextBatch:
        lefts = np.concatenate([rows.left, rows.left_rivals])
        rights = np.concatenate([rows.right, rows.right_rivals])
        masks = (
            false_negative_mask(rows.left, rights, self.rows.known),
            false_negative_mask(rows.right, lefts, self.rows.known),
        )
        bags = self.rows.lesson.bags
        sides = bags.take(lefts).thinned(rng, *_PAIR_DROP), bags.take(rights).thinned(rng, *_PAIR_DROP)
        return _TextBatch(rows, masks, sides, self._looks(rng))

    def _looks(self, rng: np.random.Generator) -> tuple[Bags, Bags] | None:
        lesson = self.rows.lesson
        if lesson.looks is None or lesson.looks.n < 2:
            return None
        chosen = rng.permutation(lesson.looks.n)[:LOOKS_A_BATCH]
        first = lesson.bags.take(lesson.look_rows[chosen]).thinned(rng, *_LOOK_DROP)
        return first, lesson.looks.take(chosen).thinned(rng, *_LOOK_DROP)


def _loss_of(recipe: TextRecipe) -> Callable[[nn.Module, _TextBatch], Tensor]:
    return lambda module, batch: _loss(module, batch, recipe)


def _loss(module: nn.Module, batch: _TextBatch, recipe: TextRecipe) -> Tensor:
    parts = [*batch.sides, *(batch.looks or ())]
    lefts, rights, *looks = torch.split(module(Bags.concat(parts)), [part.n for part in parts])
    n = len(batch.rows.left)
    loss = torch.zeros(())
    for anchors, keys, mask in ((lefts, rights, batch.masks[0]), (rights, lefts, batch.masks[1])):
        loss = loss + infonce(
            anchors[:n],
            keys[:n],
            temperature=recipe.temperature,
            mask=torch.from_numpy(mask),
            queue=keys[n:],
            symmetric=False,
        )
    if looks:
        loss = loss + 2 * recipe.look_weight * infonce(*looks, temperature=recipe.temperature)
    assert isinstance(module, StaticTextLearner)
    return loss + _OFFSET_DECAY * module.offset.square().mean()
