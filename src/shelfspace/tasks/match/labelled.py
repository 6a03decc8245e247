"""A pair scorer from labelled pairs: trees stacked out-of-fold on the contrastive encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import Columns, Context, Desk
from shelfspace.tasks.match.reader import Reader
from shelfspace.tasks.match.signals import Signals, learned_signals
from shelfspace.tasks.match.trees import PRIOR, TreeScorer

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LabelledPairs:
    """Pairs of catalogue rows with `labels` int64 `[m]`, 1 for one product and 0 for two."""

    pairs: PairRows
    labels: npt.NDArray[np.int64]

    @property
    def matches(self) -> PairRows:
        """The pairs with label 1."""
        return self.pairs.take(self.labels == 1)

    def take(self, which: npt.NDArray[np.int64]) -> LabelledPairs:
        """The pairs at these places."""
        return LabelledPairs(self.pairs.take(which), self.labels[which])


class Prior(Protocol):
    """What judges pairs without any label of theirs."""

    def log_odds_at(self, desk: Desk, pairs: PairRows) -> npt.NDArray[np.float64]:
        """The log-odds that each pair is one product, float64 `[m]`."""


@dataclass(frozen=True)
class Fold:
    """What has not seen the labels of the pairs at `held_out`: an encoder, further signals and a reader."""

    held_out: Int64
    encoder: StaticTextEncoder
    signals: Signals = field(default_factory=dict)
    reader: Reader | None = None


def folds_of(labels: npt.NDArray[np.int64], n: int, seed: int) -> list[Int64]:
    """The places of the pairs dealt to n folds at random, positives and negatives alike evenly."""
    rng = np.random.default_rng(seed)
    number = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == label))
        number[places] = np.arange(len(places)) % n
    return [np.flatnonzero(number == fold) for fold in range(n)]


def product_folds(desk: Desk, train: LabelledPairs, n: int, seed: int) -> list[Int64]:
    """The places of the pairs dealt to n folds; where products have several listings, whole products at once.

    Otherwise the other pairs of a product would give a held-out one away. A pair goes with the product of its
    left listing, or else of its right one.
    """
    products = desk.products(train.matches)
    if products is None:
        return folds_of(train.labels, n, seed)
    left, right = products.product[train.pairs.left], products.product[train.pairs.right]
    rng = np.random.default_rng(seed)
    number = rng.permutation(products.weights.shape[1]) % n
    drawn = rng.integers(0, n, len(train.labels))
    fold = np.where(left >= 0, number[left], np.where(right >= 0, number[right], drawn))
    return [np.flatnonzero(fold == one) for one in range(n)]


def fit_scorer(
    desk: Desk,
    train: LabelledPairs,
    valid: LabelledPairs,
    folds: Sequence[Fold],
    *,
    context: Context = "known",
    hidden: tuple[str, ...] = (),
    prior: Prior | None = None,
    seed: int = 0,
) -> TreeScorer:
    """Trees over what `context` allows to know but the `hidden` columns, calibrated and cut on `valid`.

    Each training pair's learned cosines come from the fold encoder that has not seen its label, and its own
    confirmation is left out of what is known: so it looks to the trees as a new pair will (Wolpert 1992).
    The trees start from the log-odds that `prior` gives without any label.
    """
    columns = with_prior(out_of_fold_columns(desk, train, folds, context), desk, train.pairs, prior)
    taught = context == "pair" and not hidden
    targets: Float64 = np.asarray(train.labels, np.float64)
    if taught:
        targets = taught_targets(desk, train, folds, seed=seed)
    products = desk.products(train.matches) if context == "known" else None
    if products is not None:  # each pair a second time, as if its products were new
        new = products.columns(train.pairs, products.forgetting(train.pairs, seed))
        columns = {name: np.concatenate([told, new.get(name, told)]) for name, told in columns.items()}
        targets = np.concatenate([targets, targets])
    visible = {name: column for name, column in columns.items() if name not in hidden}
    scorer = TreeScorer.fit(visible, targets, seed=seed)
    unseen = with_prior(desk.columns(valid.pairs, context, train.matches), desk, valid.pairs, prior)
    return scorer.calibrated(unseen, valid.labels)


def with_prior(columns: Columns, desk: Desk, pairs: PairRows, prior: Prior | None) -> Columns:
    """The columns with the log-odds that trees start from, where there is a prior."""
    if prior is None:
        return columns
    return columns | {PRIOR: prior.log_odds_at(desk, pairs).astype(np.float32)}


def taught_targets(desk: Desk, train: LabelledPairs, folds: Sequence[Fold], *, seed: int) -> Float64:
    """What trees that see the two records alone are taught, in 0…1: float64 `[m]`.

    The mean of a pair's label and of what better informed trees, which have not seen it, say of the pair: it
    tells which labels the records cannot explain (generalised distillation, Lopez-Paz et al. 2016, part 4).
    """
    informed = out_of_fold_columns(desk, train, folds, "known")
    return (train.labels + out_of_fold_probabilities(informed, train.labels, seed=seed)) / 2


def out_of_fold_probabilities(
    columns: Columns, labels: npt.NDArray[np.int64], *, seed: int, n: int = 3
) -> Float64:
    """What trees that have not seen a pair's label say of it: float64 `[m]`, uncalibrated."""
    found = np.empty(len(labels), np.float64)
    for part in folds_of(labels, n, seed):
        rest = np.setdiff1d(np.arange(len(labels)), part)
        seen = {name: column[rest] for name, column in columns.items()}
        trees = TreeScorer.fit(seen, labels[rest], seed=seed)
        found[part] = trees.probabilities({name: column[part] for name, column in columns.items()})
    return found


def out_of_fold_columns(desk: Desk, train: LabelledPairs, folds: Sequence[Fold], context: Context) -> Columns:
    """The columns of the training pairs, each from the fold that held it out."""
    parts = []
    for fold in folds:
        signals = {**learned_signals(fold.encoder, desk.bags), **fold.signals}
        pairs = train.pairs.take(fold.held_out)
        parts.append(desk.columns(pairs, context, train.matches, signals, fold.reader))
    order = np.argsort(np.concatenate([fold.held_out for fold in folds]), kind="stable")
    return {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}
