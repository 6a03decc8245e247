"""Learn the common space of words and photos: closed form first, contrast on top, held-out pairs decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.encoders.product import CommonSpace, WordPhotoPairs
from shelfspace.encoders.product.common_learner import CommonLearner
from shelfspace.objectives.infonce import infonce
from shelfspace.training.fit import fit_encoder
from shelfspace.training.gate import Verdict, gate
from shelfspace.training.plan import Plan

Int64 = npt.NDArray[np.int64]

#: What the ridge of the correlation may be, in mean variances.
RIDGES = (0.03, 0.1, 0.3, 1.0)
DIM = 160
EPOCHS = 24
_USUAL = "0.1"
_HELD_OUT, _MOST_HELD = 0.15, 1_500
_FEWEST = 20  # pairs, below which there is nothing to choose by
_BATCH = 512
_FEWEST_STEPS, _MOST_STEPS = 150, 3_000
_CATEGORY_WEIGHT = 0.2  # of telling categories beside telling pairs


@dataclass(frozen=True)
class CommonStudy:
    """The common space of some pairs, its ridge, how long it learned on top, and the gate's verdict on that.

    `verdict` is None for too few pairs.
    """

    common: CommonSpace
    ridge: float
    epochs: int
    verdict: Verdict | None
    seed: int = 0

    def refitted(self, pairs: WordPhotoPairs, categories: Int64 | None = None) -> CommonSpace:
        """The space of other pairs, made in the same way."""
        closed = pairs.common(dim=self.common.dim, regularisation=self.ridge)
        return learn_common(closed, pairs, self.epochs, categories=categories, seed=self.seed)


def study_common(
    pairs: WordPhotoPairs,
    *,
    epochs: int = EPOCHS,
    dim: int = DIM,
    categories: Int64 | None = None,
    seed: int = 0,
) -> CommonStudy:
    """The common space of `pairs`: the ridge, and whether to learn on top, are chosen on a seventh of them.

    They are judged by the mean reciprocal rank of both ways, photo to words and words to photo. `epochs` of 0
    learns nothing on top of the closed form. `categories` `[n]` number what a head is taught to tell beside,
    -1 where nothing is known.
    """
    n = len(pairs)
    if n < _FEWEST:
        closed = pairs.common(dim=dim, regularisation=float(_USUAL))
        return CommonStudy(closed, float(_USUAL), 0, None, seed)
    order = np.random.default_rng(seed).permutation(n)
    n_held = min(int(_HELD_OUT * n), _MOST_HELD)
    held, kept = pairs.take(np.sort(order[:n_held])), np.sort(order[n_held:])
    rest, told = pairs.take(kept), None if categories is None else categories[kept]

    def measure(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        return reciprocal_ranks(scores, held.groups)

    tried = {f"{ridge:g}": rest.common(dim=dim, regularisation=ridge) for ridge in RIDGES}
    scores = {name: _scores(common, held) for name, common in tried.items()}
    ridge = gate(scores, measure, closed=_USUAL, steps=1).name
    learned = learn_common(tried[ridge], rest, epochs, categories=told, seed=seed)
    both = {"closed": scores[ridge], "learned": _scores(learned, held)}
    verdict = gate(both, measure, steps=1)
    chosen = epochs if verdict.name == "learned" else 0
    study = CommonStudy(tried[ridge], float(ridge), chosen, verdict, seed)
    return CommonStudy(study.refitted(pairs, categories), study.ridge, chosen, verdict, seed)


def learn_common(
    common: CommonSpace,
    pairs: WordPhotoPairs,
    epochs: int,
    *,
    categories: Int64 | None = None,
    seed: int = 0,
) -> CommonSpace:
    """`common` after `epochs` of contrast between the words and the photos of `pairs`.

    InfoNCE in both directions; listings of one name are no rivals. Much of both sides is left out at random,
    without which the maps learn the pairs by heart. `epochs` of 0, or fewer than two pairs, change nothing.
    """
    size = min(_BATCH, len(pairs))
    if epochs == 0 or size < 2:
        return common
    a_epoch = max(1, len(pairs) // size)
    steps = min(max(epochs * a_epoch, _FEWEST_STEPS), _MOST_STEPS)
    n_categories = 0 if categories is None else int(categories.max(initial=-1)) + 1
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        learner = CommonLearner(common, n_categories)
    plan = Plan(
        epochs=max(1, steps // a_epoch),
        steps_per_epoch=a_epoch,
        learning_rate=0.05,
        rates={"log_scale": 0.2, **({"head": 0.2} if n_categories else {})},
        weight_decay=0.0,
        clip_norm=None,
        seed=seed,
    )
    batches = _Batches(pairs, size, categories)
    fit_encoder(learner, batches, _loss, plan=plan, label="Learning words and photos")
    return learner.common()


def reciprocal_ranks(scores: npt.NDArray[np.floating], groups: Int64) -> npt.NDArray[np.float64]:
    """The mean reciprocal rank of both ways for every pair `[n]`."""
    found = ranks_of(scores, groups), ranks_of(scores.T, groups)
    return np.asarray(np.mean([1 / (1 + ranks) for ranks in found], axis=0), np.float64)


def ranks_of(scores: npt.NDArray[np.floating], groups: Int64) -> Int64:
    """How many others score higher with each row than the best of its own group, int64 `[n]`.

    `scores` `[n, n]`; row i and column i are one pair, and so is whatever has the same number in `groups`
    `[n]`: equal titles are each other's photo as well.
    """
    own = groups[:, None] == groups[None, :]
    best = np.where(own, scores, -np.inf).max(axis=1, initial=-np.inf)
    return np.asarray((scores > best[:, None]).sum(axis=1), np.int64)


@dataclass(frozen=True)
class _Batch:
    pairs: WordPhotoPairs
    categories: Int64 | None


@dataclass(frozen=True)
class _Batches:
    pairs: WordPhotoPairs
    size: int
    categories: Int64 | None

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[_Batch]:
        order = rng.permutation(len(self.pairs))
        for start in range(0, len(order) - self.size + 1, self.size):
            rows = order[start : start + self.size]
            yield _Batch(self.pairs.take(rows), None if self.categories is None else self.categories[rows])


def _loss(module: nn.Module, batch: _Batch) -> Tensor:
    assert isinstance(module, CommonLearner)
    words = module.words(batch.pairs.matrix)
    photos = module.photos(torch.from_numpy(batch.pairs.photos))
    groups = torch.from_numpy(batch.pairs.groups)
    loss = infonce(
        photos, words, temperature=torch.exp(-module.log_scale), mask=groups[:, None] == groups[None]
    )
    if module.head is None or batch.categories is None:
        return loss
    told = torch.from_numpy(batch.categories).repeat(2)
    if not (told >= 0).any():
        return loss
    logits = module.head(torch.cat([photos, words]) * torch.exp(module.log_scale))
    return loss + _CATEGORY_WEIGHT * functional.cross_entropy(logits, told, ignore_index=-1)


def _scores(common: CommonSpace, held: WordPhotoPairs) -> npt.NDArray[np.float32]:
    return common.of_photos(held.photos) @ common.of_rows(held.matrix).T
