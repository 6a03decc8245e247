"""A pair scorer from labelled pairs: trees stacked out-of-fold on the contrastive encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import Columns, Context, Desk
from shelfspace.tasks.match.signals import learned_signals
from shelfspace.tasks.match.trees import PRIOR, TreeScorer


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
    """An encoder that has not seen the labels of the pairs at `held_out`."""

    held_out: Int64
    encoder: StaticTextEncoder


def folds_of(labels: npt.NDArray[np.int64], n: int, seed: int) -> list[Int64]:
    """The places of the pairs dealt to n folds at random, positives and negatives alike evenly."""
    rng = np.random.default_rng(seed)
    number = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == label))
        number[places] = np.arange(len(places)) % n
    return [np.flatnonzero(number == fold) for fold in range(n)]


def fit_scorer(
    desk: Desk,
    train: LabelledPairs,
    valid: LabelledPairs,
    folds: list[Fold],
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
    visible = {name: column for name, column in columns.items() if name not in hidden}
    scorer = TreeScorer.fit(visible, train.labels, seed=seed)
    unseen = with_prior(desk.columns(valid.pairs, context, train.matches), desk, valid.pairs, prior)
    return scorer.calibrated(unseen, valid.labels)


def with_prior(columns: Columns, desk: Desk, pairs: PairRows, prior: Prior | None) -> Columns:
    """The columns with the log-odds that trees start from, where there is a prior."""
    if prior is None:
        return columns
    return columns | {PRIOR: prior.log_odds_at(desk, pairs).astype(np.float32)}


def out_of_fold_columns(desk: Desk, train: LabelledPairs, folds: list[Fold], context: Context) -> Columns:
    """The columns of the training pairs, each from the fold that held it out."""
    parts = []
    for fold in folds:
        signals = learned_signals(fold.encoder, desk.bags)
        parts.append(desk.columns(train.pairs.take(fold.held_out), context, train.matches, signals))
    order = np.argsort(np.concatenate([fold.held_out for fold in folds]), kind="stable")
    return {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}
