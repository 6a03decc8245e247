"""What another policy would have earned, from the log of the one that was shown.

Rewards `[n]` are those of logged choices, `propensities` `[n]` the chances with which they were made, and
`target` `[n]` the chances with which the other policy would have made the same ones. Decisions count as
independent: of a policy that learned while it logged, the estimates stay unbiased (its chances are what they
were) and the intervals are approximate.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError
from shelfspace.tasks.bandit.decisions import Decisions
from shelfspace.tasks.bandit.ridge import Ridge

Float64 = npt.NDArray[np.float64]
Floats = npt.NDArray[np.floating[Any]]

_FOLDS = 3
_ROUNDING = 1e-6


class Estimate(NamedTuple):
    """The mean reward a decision, with the bounds of its confidence interval.

    `effective` is the effective sample size (Σw)² / Σw² (Kish 1965): of so many decisions of the target
    policy itself the estimate would be as sure. Where it is small the interval is too short.
    """

    value: float
    low: float
    high: float
    effective: float


class Policy(Protocol):
    """What can be judged: the chances of each candidate."""

    def probabilities(
        self, contexts: Any, eligible: npt.NDArray[np.bool_], rng: np.random.Generator
    ) -> Float64:
        """Chances `[n, m]` over the eligible candidates of contexts `[n, m, d]`, rows that sum to 1."""
        ...


def ips(
    target: Floats,
    propensities: Floats,
    rewards: Floats,
    *,
    clip: float | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """The mean of w r with w = target / propensity (Horvitz and Thompson 1952), unbiased, and unsure.

    `clip` bounds w from above, for less variance and a bias downwards (of rewards ≥ 0). The interval is the
    normal one of the mean. Raises `OptionError` for what `weights` refuses.
    """
    w = weights(target, propensities, rewards, clip=clip)
    return _mean(w * np.asarray(rewards, np.float64), w, confidence)


def snips(
    target: Floats,
    propensities: Floats,
    rewards: Floats,
    *,
    clip: float | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Σ w r / Σ w (Swaminathan and Joachims 2015, equation 7): of little bias, and surer than `ips`.

    It stays within the rewards that were seen. The interval is that of a ratio by the delta method. Raises
    `OptionError` for what `weights` refuses, and where the target would have made none of the choices.
    """
    w = weights(target, propensities, rewards, clip=clip)
    r = np.asarray(rewards, np.float64)
    if not w.sum():
        raise OptionError(
            "The target policy would have made none of the logged choices.",
            "Without any choice in common the log says nothing of it.",
            "Log with more at random, or judge a policy that is nearer to the logged one.",
        )
    value = float(w @ r / w.sum())
    error = float(np.sqrt(np.sum(np.square(w * (r - value)))) / w.sum())
    return _around(value, error, w, confidence)


def doubly_robust(
    target: Floats,
    propensities: Floats,
    rewards: Floats,
    predicted: Floats,
    expected: Floats,
    *,
    clip: float | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """The mean of v + w (r − q) (Dudík et al. 2011, equation 3): right if the model or the propensities are.

    `predicted` q `[n]` are the rewards that a model predicts for the logged choices and `expected` v `[n]`
    those it predicts for the target policy's, on average over its chances; see `predicted_rewards`. Raises
    `OptionError` for what `weights` refuses.
    """
    w = weights(target, propensities, rewards, clip=clip)
    r, q, v = (np.asarray(part, np.float64) for part in (rewards, predicted, expected))
    return _mean(v + w * (r - q), w, confidence)


def weights(target: Floats, propensities: Floats, rewards: Floats, *, clip: float | None = None) -> Float64:
    """target / propensity of each choice, `[n]`, at most `clip`.

    Raises `OptionError` where there is no choice, lengths differ, a propensity is missing (NaN), 0 or not in
    0…1, a target chance is not in 0…1, a reward is not finite, or the clip is not above 0.
    """
    chances, logged = np.asarray(target, np.float64), np.asarray(propensities, np.float64)
    if (
        not len(logged)
        or not len(logged) == len(chances) == len(rewards)
        or (clip is not None and not clip > 0)
    ):
        raise OptionError(
            f"{len(chances)} chances, {len(logged)} propensities, {len(rewards)} rewards and the clip {clip} "
            "came.",
            "Each of one choice or more has all three, and a clip is above 0.",
            "Give those of the choices whose reward is known.",
        )
    unusable = int(np.count_nonzero(~((logged > 0) & (logged <= 1))))
    if unusable:
        raise OptionError(
            f"{unusable} of {len(logged)} propensities are missing, 0 or not in 0…1.",
            "The chance with which each choice was made must be known, and above 0: what could not happen "
            "tells nothing.",
            "Log the propensities of a policy that chooses at random at times; they cannot be added later.",
        )
    sound = (chances >= 0) & (chances <= 1 + _ROUNDING) & np.isfinite(np.asarray(rewards, np.float64))
    if not sound.all():
        raise OptionError(
            f"{int(np.count_nonzero(~sound))} choices have a chance outside 0…1 or a reward that is unknown.",
            "Chances are in 0…1 and rewards are known.",
            "Leave out choices whose reward is not known yet (Decisions.known).",
        )
    w = chances / logged
    return w if clip is None else np.minimum(w, clip)


def judged(
    decisions: Decisions,
    policy: Policy,
    *,
    clip: float | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, Estimate]:
    """The estimates "ips", "snips" and "dr" of a policy's mean reward on logged `decisions`.

    Decisions without a known reward are left out. The model of "dr" is a ridge regression that predicts each
    third of the log from the other two. Raises what the three raise.
    """
    log = decisions.known()
    eligible = log.candidates >= 0
    chances = policy.probabilities(log.contexts, eligible, np.random.default_rng(seed))
    rows = np.arange(len(log))
    target = chances[rows, log.chosen]
    given = (target, log.propensities, log.rewards)
    predictions = predicted_rewards(log)
    predicted, expected = predictions[rows, log.chosen], (chances * predictions).sum(axis=1)
    options = {"clip": clip, "confidence": confidence}
    return {
        "ips": ips(*given, **options),  # type: ignore[arg-type]
        "snips": snips(*given, **options),  # type: ignore[arg-type]
        "dr": doubly_robust(*given, predicted, expected, **options),  # type: ignore[arg-type]
    }


def predicted_rewards(decisions: Decisions, *, ridge: float = 1.0) -> Float64:
    """The reward of each candidate, `[n, m]`, each third of the log predicted from the other two."""
    found = np.zeros(decisions.candidates.shape)
    shown, fold = decisions.shown, np.arange(len(decisions)) % _FOLDS
    for number in range(_FOLDS):
        train = fold != number
        prior = np.zeros(shown.shape[1])
        model = Ridge.starting_at(prior, ridge=ridge).observed(shown[train], decisions.rewards[train])
        found[~train] = model.expected(decisions.contexts[~train])
    return found


def _mean(each: Float64, w: Float64, confidence: float) -> Estimate:
    n = len(each)
    error = float(each.std(ddof=1) / np.sqrt(n)) if n > 1 else float("inf")
    return _around(float(each.mean()), error, w, confidence)


def _around(value: float, error: float, w: Float64, confidence: float) -> Estimate:
    if not 0 < confidence < 1:
        raise OptionError(
            f"A confidence of {confidence:g} was asked for.", "It is between 0 and 1.", "Ask for 0.95."
        )
    far = NormalDist().inv_cdf((1 + confidence) / 2) * error
    total, squares = float(w.sum()), float(np.square(w).sum())
    return Estimate(value, value - far, value + far, total**2 / squares if squares else 0.0)
