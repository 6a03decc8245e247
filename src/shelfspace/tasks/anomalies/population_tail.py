"""How rare a score is in a population that may hold strange ones, whose share nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

_BODY, _EDGE = 0.8, 0.95  # the shares of the population below the tail, and below what may be strange


@dataclass(frozen=True)
class PopulationTail:
    """The `scores` [n] of a population, ascending, of which the highest twentieth may be strange."""

    scores: Float64

    def p_values(self, scores: npt.NDArray[np.floating]) -> Float64:
        """For each score, how likely an ordinary one is as high, in (0, 1].

        Within the lower four fifths it is the share of the population that scores as high. Above, an
        exponential tail whose rate is that of the scores between the 80th and the 95th hundredth; those above
        count as no more than "beyond" (censored), so that strange ones do not stretch the scale by which
        they are judged. An estimate, careful where more than a twentieth is strange. No population: 1.
        """
        given = np.asarray(scores, np.float64)
        n = len(self.scores)
        if not n:
            return np.ones(len(given))
        ranked = (1 + n - np.searchsorted(self.scores, given, side="left")) / (n + 1)
        start, edge = np.quantile(self.scores, [_BODY, _EDGE])
        within = self.scores[(self.scores > start) & (self.scores <= edge)]
        beyond = int((self.scores > edge).sum())
        excess = float((within - start).sum()) + beyond * (edge - start)
        rate = max(excess / max(1, len(within)), 1e-9 * (1 + abs(float(start))))
        share = (len(within) + beyond + 1) / (n + 1)
        fitted = share * np.exp(-np.maximum(given - start, 0) / rate)
        return np.clip(np.where(given > start, fitted, ranked), 1e-12, 1.0)
