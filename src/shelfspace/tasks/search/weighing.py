"""A weighed sum of signals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weighing:
    """A sum of signals, each brought to mean 0 and deviation 1 by its `scales` and then weighed."""

    weights: dict[str, float]
    scales: dict[str, tuple[float, float]]

    def of(self, signals: Mapping[str, Float32]) -> Float32:
        """The weighed sum, of the shape of the signals; -inf stays -inf."""
        total: Float32 = np.zeros((), np.float32)
        for name, weight in self.weights.items():
            mean, deviation = self.scales[name]
            total = total + np.float32(weight) * ((signals[name] - np.float32(mean)) / np.float32(deviation))
        return np.asarray(total, np.float32)

    def to_list(self) -> list[dict[str, Any]]:
        """What JSON keeps of it."""
        return [self.weights, self.scales]

    @classmethod
    def of_list(cls, kept: list[dict[str, Any]]) -> Weighing:
        """What `to_list` wrote."""
        weights, scales = kept
        return cls(
            {name: float(weight) for name, weight in weights.items()},
            {name: (float(mean), float(deviation)) for name, (mean, deviation) in scales.items()},
        )
