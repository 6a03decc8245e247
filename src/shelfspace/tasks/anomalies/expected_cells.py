"""What a row's other columns lead to expect of each of its cells, in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExpectedCells:
    """The `centre` [d] of known rows and the inverse of their covariance [d, d], shrunk."""

    centre: Float64
    precision: Float64

    @classmethod
    def of(cls, rows: Float32) -> ExpectedCells:
        """What `rows` [n, d] lead to expect (covariance after Ledoit and Wolf 2004)."""
        from sklearn.covariance import LedoitWolf

        gaussian = LedoitWolf().fit(rows.astype(np.float64))
        precision = np.asarray(gaussian.precision_, np.float64) + 1e-9 * np.eye(rows.shape[1])
        return cls(np.asarray(gaussian.location_, np.float64), precision)

    def gaps(self, row: Float32) -> Float64:
        """How far each cell of `row` [d] is from what its other cells lead to expect, in deviations."""
        found = self.precision @ (row - self.centre)
        return np.asarray(found / np.sqrt(self.precision.diagonal()), np.float64)

    def expected(self, row: Float32) -> Float64:
        """What each cell of `row` [d] would be by its other cells."""
        return np.asarray(row - self.gaps(row) / np.sqrt(self.precision.diagonal()), np.float64)
