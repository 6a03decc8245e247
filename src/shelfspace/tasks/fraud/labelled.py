"""Fraud by known frauds: boosted trees, a forest and a linear model of accounts, mixed by the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.data.accounts import FRAUD, HONEST, UNKNOWN
from shelfspace.errors import OptionError
from shelfspace.tasks.fraud.described import Described
from shelfspace.tasks.match.trees import PARAMETERS, log_odds_of, platt, probability
from shelfspace.training.gate import Verdict, gate, pseudo_values

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

FEWEST = 3  # labels of either kind
CLOSED = "trees and forest"
_FOLDS = 3
_BAG = 3
_ROUNDS = 200
_FOREST = 200
_PARAMETERS: dict[str, Any] = {**PARAMETERS, "objective": "binary", "min_data_in_leaf": 5}


@dataclass(frozen=True)
class LabelledScores:
    """`scores` [n], log-odds of fraud, calibrated by cross-validation; `unseen` [n] are those of labelled
    accounts by models that had not seen their labels, and `scores` elsewhere.

    `gains` says how much each column contributed to the boosted trees, shares that sum to 1.
    """

    scores: Float64
    unseen: Float64
    verdict: Verdict
    gains: dict[str, float]
    columns: Float32
    booster: Any

    def reasons(self, row: int, k: int = 3) -> list[tuple[str, float, float]]:
        """What speaks most for fraud in an account: at most k columns, their values and shares of log-odds.

        Of the first booster alone (Lundberg et al. 2018): the forest and the linear model rest on the same.
        """
        shares = self.booster.predict(self.columns[row : row + 1], pred_contrib=True)[0, :-1]
        best = [place for place in np.argsort(-shares, kind="stable")[:k] if shares[place] > 0]
        names = list(self.gains)
        return [(names[place], float(self.columns[row, place]), float(shares[place])) for place in best]

    @property
    def probabilities(self) -> Float64:
        """How likely each account is fraud, [n]."""
        return probability(self.scores)


def learn_labelled(described: Described, labels: Int64, *, seed: int = 0) -> LabelledScores:
    """Log-odds of fraud of every account from the `labels` [n] of some.

    Models are taught on columns that hold neighbours' labels and never one's own. Which of them is shipped,
    or which mixture, is decided by average precision in a cross-validation within the labels, in which the
    labels of the held-out part are hidden from neighbours too.

    Raises `OptionError` for fewer than 3 known frauds or 3 known honest accounts.
    """
    known = np.flatnonzero(labels != UNKNOWN)
    truth = labels[known]
    if min(int((truth == FRAUD).sum()), int((truth == HONEST).sum())) < FEWEST:
        raise OptionError(
            f"There are {int((truth == FRAUD).sum())} known frauds and {int((truth == HONEST).sum())} known "
            "honest accounts.",
            f"To learn from labels takes {FEWEST} of each, better 50.",
            "Label more, or leave the labels out: strange accounts are found without any.",
        )
    held = _cross_validated(described, labels, known, seed)
    measure = pseudo_values(_average_precision(truth), len(known), folds=10, seed=seed)
    verdict = gate(held, measure, closed=CLOSED, steps=4)
    slope, offset = platt(verdict.mix(held), truth)
    table, names = described.table(labels)
    parts, trees = _parts(table, known, truth, seed=seed, bag=_BAG, forest=_FOREST)
    scores = slope * verdict.mix(parts) + offset
    unseen = scores.copy()
    unseen[known] = slope * verdict.mix(held) + offset
    shares = trees.gains / max(trees.gains.sum(), 1e-12)
    gains = dict(zip(names, shares.tolist(), strict=True))
    return LabelledScores(scores, unseen, verdict, gains, table, trees.booster)


def _cross_validated(described: Described, labels: Int64, known: Int64, seed: int) -> dict[str, Float64]:
    """Each part's log-odds of the known accounts, by models taught without their fold."""
    number = _folds(labels[known], seed)
    held: dict[str, Float64] = {}
    for fold in range(_FOLDS):
        mine, rest = known[number == fold], known[number != fold]
        visible = np.full(len(labels), UNKNOWN)
        visible[rest] = labels[rest]
        table, _ = described.table(visible)
        parts, _ = _parts(table, rest, labels[rest], seed=seed, bag=1, forest=_FOREST // 2)
        for name, scores in parts.items():
            held.setdefault(name, np.zeros(len(known)))[number == fold] = scores[mine]
    return held


def _folds(truth: Int64, seed: int) -> Int64:
    """A fold for each label [m], both kinds dealt out evenly."""
    rng = np.random.default_rng(seed)
    number = np.zeros(len(truth), np.int64)
    for label in (HONEST, FRAUD):
        places = rng.permutation(np.flatnonzero(truth == label))
        number[places] = np.arange(len(places)) % _FOLDS
    return number


def _parts(
    table: Float32, known: Int64, truth: Int64, *, seed: int, bag: int, forest: int
) -> tuple[dict[str, Float64], BoostedTrees]:
    """Log-odds [n] of all accounts by each model, and the boosted trees."""
    trees = boosted_trees(table, known, truth, seed=seed, bag=bag)
    grown = random_forest(table, known, truth, seed=seed, trees=forest)
    linear = linear_model(table, known, truth)
    mean = (trees.scores + grown) / 2
    return {CLOSED: mean, "trees": trees.scores, "forest": grown, "linear": linear}, trees


class BoostedTrees(NamedTuple):
    """Log-odds `scores` [n], the `gains` [c] of each column, and the last of the boosters."""

    scores: Float64
    gains: Float64
    booster: Any


def boosted_trees(table: Float32, known: Int64, truth: Int64, *, seed: int, bag: int = _BAG) -> BoostedTrees:
    """A bag of boosted trees taught on the rows `known` [m] of `table` [n, c]."""
    import lightgbm

    total, gains = np.zeros(len(table)), np.zeros(table.shape[1])
    for number in range(bag):
        dataset = lightgbm.Dataset(table[known], truth, params={"verbose": -1})
        booster = lightgbm.train({**_PARAMETERS, "seed": seed * 1000 + number}, dataset, _ROUNDS)
        total += np.asarray(booster.predict(table, raw_score=True, num_threads=1), np.float64)
        gains += booster.feature_importance("gain")
    return BoostedTrees(total / bag, gains, booster)


def random_forest(table: Float32, known: Int64, truth: Int64, *, seed: int, trees: int = _FOREST) -> Float64:
    """Log-odds [n] by extremely randomised trees (Geurts et al. 2006): steadier where labels are few."""
    from sklearn.ensemble import ExtraTreesClassifier

    forest = ExtraTreesClassifier(trees, min_samples_leaf=2, max_features=0.3, random_state=seed, n_jobs=1)
    chances = forest.fit(table[known], truth).predict_proba(table)[:, 1]
    return log_odds_of(np.clip(chances, 0.5 / trees, 1 - 0.5 / trees))


def linear_model(table: Float32, known: Int64, truth: Int64) -> Float64:
    """Log-odds [n] by logistic regression over standardised columns."""
    from sklearn.linear_model import LogisticRegression

    spread = table.std(axis=0)
    standard = (table - table.mean(axis=0)) / np.where(spread > 1e-9, spread, 1)
    model = LogisticRegression(C=0.03, max_iter=1000).fit(standard[known], truth)
    return np.asarray(model.decision_function(standard), np.float64)


def _average_precision(truth: Int64) -> Any:
    """A figure for the gate: the area under precision and recall of the kept rows."""
    from sklearn.metrics import average_precision_score

    def figure(scores: npt.NDArray[Any], kept: Int64) -> float:
        return float(average_precision_score(truth[kept], scores[kept])) if truth[kept].any() else 0.0

    return figure
