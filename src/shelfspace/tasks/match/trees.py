"""Gradient-boosted trees over pair features, with calibrated probabilities and a threshold of their own.

Where labels are few, a linear model may stand beside them: trees follow a hundred examples too closely. What
either counts is decided by cross-validation within those labels.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.errors import SpaceError
from shelfspace.tasks.match.linear import LinearScorer

Columns = Mapping[str, npt.NDArray[np.float32]]
Float64 = npt.NDArray[np.float64]

#: The column of log-odds that somebody else gives, and that no label of these pairs has entered.
PRIOR = "prior"
_BAG = 5  # boosters that differ by seed only; their mean is steadier than any one
_ROUNDS = 400
_FEW = 300  # labels of the rarer kind, below which a linear model is tried too
_INNER_FOLDS = 5
_PARTS_OF_ROUNDS = (0.125, 0.25, 0.5, 1.0)
_SHARES = (0.0, 0.5, 1.0)  # of the linear model in the log-odds
#: Boosters of few labels over many columns, of pairs here and of accounts in `tasks.fraud`.
PARAMETERS: dict[str, Any] = {
    "objective": "cross_entropy",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "feature_fraction": 0.3,  # many columns say nearly the same: fewer at a time make trees that differ
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True)
class TreeScorer:
    """A bag of boosters over named columns; `slope` and `offset` calibrate its log-odds (Platt 1999).

    `threshold` is the probability from which on a pair counts as a match, inclusive. Where one of the columns
    is `PRIOR`, log-odds that need no labels of these pairs, the boosters start from them: `prior` are the
    slope and offset that fit them to the labels.

    Where there is a `linear` model, it makes up `share` (0…1) of the log-odds. `unseen` holds log-odds and
    labels of training pairs by models that had not seen them, where cross-validation has made such; it is not
    stored.
    """

    boosters: tuple[Any, ...]
    columns: tuple[str, ...]
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5
    prior: tuple[float, float] = (0.0, 0.0)
    linear: LinearScorer | None = None
    share: float = 0.0
    unseen: tuple[Float64, npt.NDArray[np.int64]] | None = None

    @classmethod
    def fit(
        cls,
        columns: Columns,
        targets: npt.NDArray[Any],
        *,
        seed: int,
        weights: Float64 | None = None,
        bag: int = _BAG,
        rounds: int = _ROUNDS,
    ) -> TreeScorer:
        """The uncalibrated scorer of labelled pairs; `targets` `[m]` in 0…1 are labels or probabilities."""
        names = tuple(columns)
        data = _table(columns, names)
        parts: dict[str, Any] = {"seed": seed, "weights": weights, "rounds": rounds}
        if PRIOR in columns or not names or not cross_validates(targets):
            sure = (targets >= 0.5).astype(np.int64)
            prior = platt(columns[PRIOR].astype(np.float64), sure) if PRIOR in columns else (0.0, 0.0)
            start = _started(columns, prior) if PRIOR in columns else None
            return cls(_boosters(data, targets, bag=bag, start=start, **parts), names, prior=prior)
        chosen = _cross_validated(data, targets, **parts)
        parts["rounds"] = chosen.rounds
        boosters = _boosters(data, targets, bag=bag, **parts) if chosen.share < 1 else ()
        linear = LinearScorer.fit(data, targets, weights) if chosen.share else None
        return cls(boosters, names, linear=linear, share=chosen.share, unseen=(chosen.unseen, targets))

    def log_odds(self, columns: Columns) -> Float64:
        """The mean log-odds of the bag, calibrated: float64 `[m]`."""
        data = _table(columns, self.columns)
        if not len(data):
            return np.zeros(0)
        raw = self._raw(data).mean(axis=0) + _started(columns, self.prior)
        return np.asarray(self.slope * raw + self.offset, np.float64)

    def votes(self, columns: Columns) -> Float64:
        """Each booster's own log-odds, calibrated: float64 `[boosters, m]`; their mean is `log_odds`."""
        data = _table(columns, self.columns)
        if not len(data):
            return np.zeros((max(len(self.boosters), 1), 0))
        raw = self._raw(data) + _started(columns, self.prior)
        return np.asarray(self.slope * raw + self.offset, np.float64)

    def _raw(self, data: npt.NDArray[np.float32]) -> Float64:
        """The log-odds of each booster, the linear model's share in each of them `[boosters, m]`."""
        raw = np.zeros((1, len(data)))
        if self.boosters:
            votes = [booster.predict(data, raw_score=True) for booster in self.boosters]
            raw = (1 - self.share) * np.stack(votes)
        return raw if self.linear is None else raw + self.share * self.linear.log_odds(data)

    def probabilities(self, columns: Columns) -> Float64:
        """The calibrated probability that each pair is one product: float64 `[m]`."""
        return probability(self.log_odds(columns))

    def contributions(self, columns: Columns) -> tuple[Float64, float]:
        """What each column adds to each pair's log-odds `[m, columns]`, and the log-odds they start from.

        SHAP values of the trees (Lundberg et al. 2020), which sum to the log-odds exactly; those of a linear
        model are its terms.
        """
        data = _table(columns, self.columns)
        parts = np.zeros((len(data), len(self.columns) + 1))
        if self.boosters:
            shap = [booster.predict(data, pred_contrib=True) for booster in self.boosters]
            parts = (1 - self.share) * np.mean(shap, axis=0)
        base = parts[0, -1]
        if self.linear is not None:
            parts[:, :-1] += self.share * self.linear.parts(data)
            base += self.share * self.linear.offset
        if PRIOR in self.columns:
            parts[:, self.columns.index(PRIOR)] += self.prior[0] * columns[PRIOR]
            base += self.prior[1]
        return self.slope * parts[:, :-1], float(self.slope * base + self.offset)

    def calibrated(self, columns: Columns, labels: npt.NDArray[np.int64]) -> TreeScorer:
        """The same trees with slope, offset and threshold from held-out pairs.

        Training pairs that cross-validation held out in turn count too: a few dozen alone say too little.
        """
        odds = self.log_odds(columns)
        if self.unseen is not None:
            held_out = self.slope * self.unseen[0] + self.offset
            odds, labels = np.concatenate([odds, held_out]), np.concatenate([labels, self.unseen[1]])
        slope, offset = platt(odds, labels)
        return replace(
            self,
            slope=self.slope * slope,
            offset=self.offset * slope + offset,
            threshold=best_threshold(probability(slope * odds + offset), labels),
        )

    def to_json(self) -> str:
        """The scorer as text."""
        return json.dumps(
            {
                "boosters": [booster.model_to_string() for booster in self.boosters],
                "columns": self.columns,
                "slope": self.slope,
                "offset": self.offset,
                "threshold": self.threshold,
                "prior": self.prior,
                "linear": self.linear.to_dict() if self.linear is not None else None,
                "share": self.share,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> TreeScorer:
        """The scorer that `to_json` wrote; `SpaceError` for anything else."""
        import lightgbm

        try:
            parts = json.loads(text)
            boosters = tuple(lightgbm.Booster(model_str=model) for model in parts["boosters"])
            slope, offset, threshold = (float(parts[name]) for name in ("slope", "offset", "threshold"))
            start, shift = (float(part) for part in parts.get("prior", (0.0, 0.0)))
            linear = LinearScorer.from_dict(parts["linear"]) if parts.get("linear") else None
            names, share = tuple(parts["columns"]), float(parts.get("share", 0))
            return cls(boosters, names, slope, offset, threshold, (start, shift), linear, share)
        except (ValueError, KeyError, TypeError, AttributeError, lightgbm.basic.LightGBMError) as error:
            raise unreadable(error) from error


def cross_validates(targets: npt.NDArray[Any]) -> bool:
    """Whether these are labels, 0 or 1, so few that a scorer of them is chosen by cross-validation."""
    positives = float(targets.sum())
    few = _INNER_FOLDS <= min(positives, len(targets) - positives) < _FEW
    return few and bool(np.isin(targets, (0, 1)).all())


def _boosters(
    data: npt.NDArray[np.float32],
    targets: npt.NDArray[Any],
    *,
    bag: int,
    seed: int,
    weights: Float64 | None,
    rounds: int,
    start: Any = None,
) -> tuple[Any, ...]:
    import lightgbm

    rarer = min(int(targets.sum()), int(len(targets) - targets.sum()))
    leaf = int(np.clip(rarer // 20, 3, 20))
    boosters = []
    for number in range(bag):
        parameters = {**PARAMETERS, "min_data_in_leaf": leaf, "seed": seed * 1000 + number}
        dataset = lightgbm.Dataset(data, targets, weight=weights, init_score=start, params={"verbose": -1})
        boosters.append(lightgbm.train(parameters, dataset, rounds))
    return tuple(boosters)


class _Choice(NamedTuple):
    """Among few labels: how many rounds the trees grow, the linear model's share, and unseen log-odds."""

    rounds: int
    share: float
    unseen: Float64


def _cross_validated(
    data: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int64],
    *,
    seed: int,
    weights: Float64 | None,
    rounds: int,
) -> _Choice:
    """The choice that tells unseen pairs best: the lowest log loss once calibrated.

    So that no part wins by being merely more cautious. Trees of fewer rounds are those of more, cut short.
    """
    rng = np.random.default_rng(seed)
    number = np.empty(len(labels), np.int64)
    for label in (0, 1):
        places = rng.permutation(np.flatnonzero(labels == label))
        number[places] = np.arange(len(places)) % _INNER_FOLDS
    lengths = sorted({max(1, round(rounds * part)) for part in _PARTS_OF_ROUNDS})
    trees, linear = np.empty((len(lengths), len(labels))), np.empty(len(labels))
    for fold in range(_INNER_FOLDS):
        rest, held = number != fold, number == fold
        some = weights[rest] if weights is not None else None
        (booster,) = _boosters(data[rest], labels[rest], bag=1, seed=seed, weights=some, rounds=rounds)
        for place, length in enumerate(lengths):
            trees[place, held] = booster.predict(data[held], raw_score=True, num_iteration=length)
        linear[held] = LinearScorer.fit(data[rest], labels[rest], some).log_odds(data[held])
    choices = [
        _Choice(length, share, (1 - share) * odds + share * linear)
        for length, odds in zip(lengths, trees, strict=True)
        for share in _SHARES
    ]
    return min(choices, key=lambda choice: _loss(choice.unseen, labels))


def _loss(log_odds: Float64, labels: npt.NDArray[np.int64]) -> float:
    """The mean log loss once calibrated."""
    slope, offset = platt(log_odds, labels)
    odds = slope * log_odds + offset
    return float(np.mean(np.logaddexp(0, odds) - labels * odds))


def unreadable(error: Exception) -> SpaceError:
    """The refusal of a stored matcher that is not what `fit` wrote."""
    return SpaceError(
        f"The stored matcher cannot be read ({error}).",
        "It is a JSON text with models and figures that fit wrote.",
        "Roll back to an earlier version of the space, or fit again.",
    )


def probability(log_odds: Float64) -> Float64:
    """1 / (1 + exp(-log odds)), without overflow."""
    from scipy.special import expit

    return np.asarray(expit(log_odds), np.float64)


def log_odds_of(probabilities: npt.ArrayLike) -> Float64:
    """log(p / (1 - p)), finite: the ends count as a millionth from them."""
    given = np.clip(np.asarray(probabilities, np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(given) - np.log1p(-given), np.float64)


def platt(log_odds: Float64, labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Slope and offset that make `log_odds` fit `labels` best (Platt 1999, with its smoothed targets).

    (1, 0) where the labels are all alike. The slope is kept positive: calibration never turns the order.
    """
    positives, negatives = int(labels.sum()), int(len(labels) - labels.sum())
    if not positives or not negatives:
        return 1.0, 0.0
    from scipy.optimize import minimize

    target = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(parameters: Float64) -> float:
        odds = np.exp(parameters[0]) * log_odds + parameters[1]
        return float(np.mean(np.logaddexp(0, odds) - target * odds))

    found = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-4, 3), (-20, 20)])
    return float(np.exp(found.x[0])), float(found.x[1])


def best_threshold(
    probabilities: Float64, labels: npt.NDArray[np.int64], *, resamples: int = 50, seed: int = 0
) -> float:
    """The probability from which on to call a pair a match, for the best F1 on pairs like these.

    The mean of two estimates: where the mean F1 of bootstrap resamples peaks, which knows these pairs, and
    half of that F1, which is the best cut of well calibrated probabilities (Lipton, Elkan and Naryanaswamy
    2014, theorem 1). The peak alone follows a few hundred positives too closely. 0.5 where there is none.
    """
    if not labels.any():
        return 0.5
    cuts = np.linspace(0.01, 0.99, 99)
    called = (probabilities[:, None] >= cuts).astype(np.float64)
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), size=resamples)
    hits = (counts * labels) @ called
    f1 = 2 * hits / np.maximum(counts @ called + (counts @ labels)[:, None], 1e-9)
    peak = int(f1.mean(axis=0).argmax())
    return float((cuts[peak] + f1.mean(axis=0)[peak] / 2) / 2)


def _started(columns: Columns, prior: tuple[float, float]) -> Float64 | float:
    """The log-odds that the boosters start from."""
    return prior[0] * columns[PRIOR].astype(np.float64) + prior[1] if PRIOR in columns else 0.0


def _table(columns: Columns, names: tuple[str, ...]) -> npt.NDArray[np.float32]:
    return np.column_stack([columns[name] for name in names]) if names else np.zeros((0, 0), np.float32)
