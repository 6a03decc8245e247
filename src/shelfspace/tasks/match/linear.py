"""A regularised linear scorer over pair features: what few labels can teach more surely than trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

_STRENGTH = 0.03  # inverse of the penalty; of 0.003 to 0.1 the best on 100 to 1,500 labels of two data sets
_CLIP = 4.0  # standard deviations; what lies beyond says no more than that it is extreme
_STEPS = 2000


@dataclass(frozen=True)
class LinearScorer:
    """Logistic regression on standardised columns, all `[columns]`; a missing value counts as the median.

    `slopes` are per standard deviation; a column that never varies has none.
    """

    medians: Float64
    means: Float64
    scales: Float64
    slopes: Float64
    offset: float

    @classmethod
    def fit(
        cls, table: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], weights: Float64 | None = None
    ) -> LinearScorer:
        """The scorer of labelled rows `[m, columns]`; `labels` `[m]` hold 0 and 1, both of them."""
        from sklearn.linear_model import LogisticRegression

        table = table.astype(np.float64)
        medians = np.array([_median(column) for column in table.T])
        filled = np.where(np.isnan(table), medians, table)
        means, scales = filled.mean(axis=0), filled.std(axis=0)
        varied = scales > 1e-6
        blank = cls(medians, means, np.where(varied, scales, 1.0), varied.astype(np.float64), 0.0)
        model = LogisticRegression(C=_STRENGTH, max_iter=_STEPS)
        model.fit(blank.parts(table), labels, sample_weight=weights)
        slopes = model.coef_[0] * varied
        return cls(medians, means, blank.scales, slopes, float(model.intercept_[0]))

    def parts(self, table: npt.NDArray[Any]) -> Float64:
        """What each column adds to each row's log-odds beyond `offset` `[m, columns]`."""
        filled = np.where(np.isnan(table), self.medians, table.astype(np.float64))
        return np.asarray(np.clip((filled - self.means) / self.scales, -_CLIP, _CLIP) * self.slopes)

    def log_odds(self, table: npt.NDArray[Any]) -> Float64:
        """The log-odds of each row `[m]`."""
        return np.asarray(self.parts(table).sum(axis=1) + self.offset)

    def to_dict(self) -> dict[str, Any]:
        """The scorer as plain lists and numbers."""
        arrays = {name: getattr(self, name).tolist() for name in ("medians", "means", "scales", "slopes")}
        return {**arrays, "offset": self.offset}

    @classmethod
    def from_dict(cls, parts: Mapping[str, Any]) -> LinearScorer:
        """The scorer that `to_dict` gave; `KeyError`, `TypeError` or `ValueError` for anything else."""
        names = ("medians", "means", "scales", "slopes")
        medians, means, scales, slopes = (np.array(parts[name], np.float64) for name in names)
        return cls(medians, means, scales, slopes, float(parts["offset"]))


def _median(column: Float64) -> float:
    """The median of what is there; 0 where nothing is."""
    there = column[~np.isnan(column)]
    return float(np.median(there)) if len(there) else 0.0
