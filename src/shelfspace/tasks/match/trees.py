"""Gradient-boosted trees over pair features, with calibrated probabilities and a threshold of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.errors import SpaceError

Columns = Mapping[str, npt.NDArray[np.float32]]
Float64 = npt.NDArray[np.float64]

#: The column of log-odds that somebody else gives, and that no label of these pairs has entered.
PRIOR = "prior"
_BAG = 5  # boosters that differ by seed only; their mean is steadier than any one
_ROUNDS = 400
_PARAMETERS: dict[str, Any] = {
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
    """

    boosters: tuple[Any, ...]
    columns: tuple[str, ...]
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5
    prior: tuple[float, float] = (0.0, 0.0)

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
        import lightgbm

        names = tuple(columns)
        data = _table(columns, names)
        sure = (targets >= 0.5).astype(np.int64)
        prior = platt(columns[PRIOR].astype(np.float64), sure) if PRIOR in columns else (0.0, 0.0)
        start = _started(columns, prior) if PRIOR in columns else None
        rarer = min(int(targets.sum()), int(len(targets) - targets.sum()))
        leaf = int(np.clip(rarer // 20, 3, 20))
        boosters = []
        for number in range(bag):
            parameters = {**_PARAMETERS, "min_data_in_leaf": leaf, "seed": seed * 1000 + number}
            dataset = lightgbm.Dataset(
                data, targets, weight=weights, init_score=start, params={"verbose": -1}
            )
            boosters.append(lightgbm.train(parameters, dataset, rounds))
        return cls(tuple(boosters), names, prior=prior)

    def log_odds(self, columns: Columns) -> Float64:
        """The mean log-odds of the bag, calibrated: float64 `[m]`."""
        data = _table(columns, self.columns)
        if not len(data):
            return np.zeros(0)
        raw = np.mean([booster.predict(data, raw_score=True) for booster in self.boosters], axis=0)
        return np.asarray(self.slope * (raw + _started(columns, self.prior)) + self.offset, np.float64)

    def votes(self, columns: Columns) -> Float64:
        """Each booster's own log-odds, calibrated: float64 `[boosters, m]`; their mean is `log_odds`."""
        data = _table(columns, self.columns)
        if not len(data):
            return np.zeros((len(self.boosters), 0))
        raw = np.stack([booster.predict(data, raw_score=True) for booster in self.boosters])
        return np.asarray(self.slope * (raw + _started(columns, self.prior)) + self.offset, np.float64)

    def probabilities(self, columns: Columns) -> Float64:
        """The calibrated probability that each pair is one product: float64 `[m]`."""
        return probability(self.log_odds(columns))

    def contributions(self, columns: Columns) -> tuple[Float64, float]:
        """What each column adds to each pair's log-odds `[m, columns]`, and the log-odds they start from.

        SHAP values of the trees (Lundberg et al. 2020), which sum to the log-odds exactly.
        """
        data = _table(columns, self.columns)
        parts = np.mean([booster.predict(data, pred_contrib=True) for booster in self.boosters], axis=0)
        base = parts[0, -1]
        if PRIOR in self.columns:
            parts[:, self.columns.index(PRIOR)] += self.prior[0] * columns[PRIOR]
            base += self.prior[1]
        return self.slope * parts[:, :-1], float(self.slope * base + self.offset)

    def calibrated(self, columns: Columns, labels: npt.NDArray[np.int64]) -> TreeScorer:
        """The same trees with slope, offset and threshold from held-out pairs."""
        odds = self.log_odds(columns)
        slope, offset = platt(odds, labels)
        threshold = best_threshold(probability(slope * odds + offset), labels)
        return TreeScorer(
            self.boosters,
            self.columns,
            self.slope * slope,
            self.offset * slope + offset,
            threshold,
            self.prior,
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
            return cls(boosters, tuple(parts["columns"]), slope, offset, threshold, (start, shift))
        except (ValueError, KeyError, TypeError, AttributeError, lightgbm.basic.LightGBMError) as error:
            raise unreadable(error) from error


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
