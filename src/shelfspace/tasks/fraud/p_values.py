"""How likely an ordinary account is to score so high: against the population, and by several kinds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]


def population_p_values(scores: npt.ArrayLike) -> Float64:
    """The share of the population [n], oneself included, that scores as high, in (0, 1].

    Exact for an account drawn from the population. It takes all for ordinary, so that of k frauds that score
    highest none is below 1/n and the last is k/n: careful rather than sharp. No account: none.
    """
    given = np.asarray(scores, np.float64)
    ranked = np.sort(given)
    return np.asarray((len(given) - np.searchsorted(ranked, given, side="left")) / max(1, len(given)))


def either(p_values: Sequence[Float64]) -> Float64:
    """One p-value [n] out of m kinds of evidence any of which suffices: 1 − (1 − min p)^m.

    Tippett 1931, exact for independent kinds, careful for ones that go together. Fisher's sum of logarithms
    would ask for a little of everything: but a member of a dense ring may fit its ring well.
    """
    lowest = np.min(np.stack(list(p_values)), axis=0)
    return np.asarray(-np.expm1(len(p_values) * np.log1p(-np.minimum(lowest, 1 - 1e-15))), np.float64)


def surprise(p_values: Sequence[Float64]) -> Float64:
    """A score [n] in the order of `either`, higher is stranger; equals are parted by all kinds together."""
    stacked = np.stack(list(p_values))
    return np.asarray(-np.log(either(p_values)) - 1e-6 * np.log(stacked).sum(axis=0), np.float64)
