"""How likely a good photo is to score so high: from held-out good ones, and beyond them by their tail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Scores = npt.NDArray[np.float64]

_TAIL = 0.2  # the share of the highest scores that the tail is drawn from
_FEWEST = 10  # scores that it is drawn from at least, where there are so many
_HEAVY = 2.5  # over the number of scores: the fewer a tail is drawn from, the heavier it is taken to be


@dataclass(frozen=True)
class Tail:
    """The scores of held-out good photos, ascending [n]."""

    scores: Scores

    def __post_init__(self) -> None:
        if not len(self.scores) or not np.isfinite(self.scores).all() or (np.diff(self.scores) < 0).any():
            raise OptionError(
                f"There are {len(self.scores)} scores of good photos.",
                "One at least, all finite and ascending, is needed.",
                "Pass more good photos.",
            )

    def p_values(self, scores: npt.NDArray[np.floating]) -> Scores:
        """For each score, how likely a good photo is to score so high, in (0, 1].

        Within the held-out scores it is (1 + how many are as high) / (n + 1), exact for exchangeable photos
        (Vovk et al. 2005). Among and above the highest fifth (ten, where these are few), what exceeds the
        lowest of them is taken as generalised Pareto (Pickands 1975) with their mean and a tail that is
        the heavier the fewer they are: a small share of false alarms can so be asked of few good photos, as
        an estimate. Beyond what ranks can tell, 1 / (n + 1), only half of that (in logarithms) is believed.
        """
        n = len(self.scores)
        as_high = n - np.searchsorted(self.scores, scores, side="left")
        ranked = (1 + as_high) / (n + 1)
        k = min(n, max(_FEWEST, round(_TAIL * n)))
        start = self.scores[-k]
        excess = float((self.scores[-k:] - start).sum()) / max(1, k - 1)
        beyond = np.maximum(np.asarray(scores, np.float64) - start, 0)
        above = beyond > 0
        fitted = np.ones_like(beyond)
        rate = max(excess, 1e-9 * (1 + abs(float(start))))
        shape = _HEAVY / max(k, _FEWEST)
        scale = rate * (1 - shape) / shape
        fitted[above] = (1 + k) / (n + 1) * (1 + beyond[above] / scale) ** (-1 / shape)
        fitted = np.where(fitted < 1 / (n + 1), np.sqrt(fitted / (n + 1)), fitted)
        return np.clip(np.where(above, fitted, ranked), 1e-12, 1.0)
