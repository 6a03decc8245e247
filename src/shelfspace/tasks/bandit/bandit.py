"""The bandit: which candidates to show where, between what seems best and what is worth finding out."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError, SpaceError
from shelfspace.tasks.bandit.ridge import Floats, Ridge

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Method = Literal["thompson", "linucb"]

#: Clicks of one time in fifteen spread so much, and none more than 0.5. In simulations (benchmarks/bandit.py)
#: 0.5 took longer to settle; 0.25 at times settled too early.
_WIDTH = 0.25
_AT_RANDOM = 0.05
_SAMPLES = 64
_MODEL, _SETTINGS = "bandit.safetensors", "bandit.json"


class Ranking(NamedTuple):
    """`columns` int64 `[n, k]` of the candidates in the order to show them, -1 where there are no more.

    `propensities` float64 `[n, k]` are the chances that this candidate came to this place, given those before
    it; 1 beside -1. Log them: without them nothing can be learned of other policies.
    """

    columns: Int64
    propensities: Float64


@dataclass(frozen=True)
class Bandit:
    """A policy over candidates by the `model` of their rewards; `observed` returns one that has learned.

    "thompson" takes what is best under weights drawn from their posterior, whose spread is `width` (Agrawal
    and Goyal 2013, algorithm 1); "linucb" takes what has the largest expected reward + `width` times its
    spread (Li et al. 2010, algorithm 1, with one model for all arms), which wants a width near 1. A `width`
    of 0 is greedy. Of every choice the share `at_random` is made blindly, so that everything shown has a
    propensity above 0: the price of a log from which other policies can be judged.

    Differs from the papers: that share, and that Thompson draws 64 weights and then one of them, so that the
    chances of its choice are known and not estimated.

    Raises `OptionError` for an unknown method, a negative width, or a share that is not in 0…1.
    """

    model: Ridge
    method: Method = "thompson"
    width: float = _WIDTH
    at_random: float = _AT_RANDOM

    def __post_init__(self) -> None:
        fits = self.method in get_args(Method) and self.width >= 0 and 0 <= self.at_random <= 1
        if not fits:
            raise OptionError(
                f"The method {self.method!r}, a width of {self.width:g}, {self.at_random:g} at random came.",
                f"The methods are {', '.join(get_args(Method))}, the width is 0 or more, the share in 0…1.",
                "Choose them within these bounds.",
            )

    def worths(self, contexts: Floats, rng: np.random.Generator) -> Float64:
        """What the candidates are taken to be worth, `[n, s, m]` of contexts `[n, m, d]`.

        s is 1, or for "thompson" the number of weights drawn.
        """
        expected = self.model.expected(contexts)
        if self.width == 0:
            return expected[:, None, :]
        if self.method == "linucb":
            return (expected + self.width * self.model.spread(contexts))[:, None, :]
        root = np.linalg.cholesky(self.model.inverse)
        drawn = root @ rng.standard_normal((len(root), _SAMPLES))
        return np.asarray(expected[:, None, :] + self.width * np.swapaxes(contexts @ drawn, 1, 2), np.float64)

    def probabilities(self, contexts: Floats, eligible: Bools, rng: np.random.Generator) -> Float64:
        """The chance of each candidate to be shown first, `[n, m]`; rows without an eligible one are 0.

        `contexts` are `[n, m, d]` and `eligible` `[n, m]` says which candidates there are.
        """
        return self._chances(self.worths(contexts, rng), eligible)

    def _chances(self, worths: Float64, eligible: Bools) -> Float64:
        best = np.where(eligible[:, None, :], worths, -np.inf).argmax(axis=2)
        wins = np.zeros(eligible.shape)
        np.add.at(wins, (np.arange(len(best))[:, None], best), 1 / best.shape[1])
        counts = eligible.sum(axis=1, keepdims=True)
        return np.where(eligible, (1 - self.at_random) * wins + self.at_random / np.maximum(counts, 1), 0.0)

    def ranking(self, contexts: Floats, eligible: Bools, k: int, rng: np.random.Generator) -> Ranking:
        """The k candidates to show each user, drawn place by place; all there are where these are fewer.

        Raises `OptionError` for k < 1.
        """
        if k < 1:
            raise OptionError(f"k is {k}.", "At least one place is filled.", "Ask for k ≥ 1.")
        n, m = eligible.shape
        columns, propensities = np.full((n, k), -1, np.int64), np.ones((n, k))
        worths, left = self.worths(contexts, rng), eligible.copy()
        rows = np.arange(n)
        for place in range(min(k, m)):
            chances = self._chances(worths, left)
            sums = chances.cumsum(axis=1)
            drawn = (sums <= rng.random((n, 1)) * sums[:, -1:]).sum(axis=1)
            some = left.any(axis=1)
            picked = np.where(some, np.minimum(drawn, m - 1), 0)
            columns[:, place] = np.where(some, picked, -1)
            propensities[:, place] = np.where(some, chances[rows, picked], 1.0)
            left[rows, picked] = False
        return Ranking(columns, propensities)

    def observed(self, contexts: Floats, rewards: Floats) -> Bandit:
        """The bandit after `rewards` `[m]` for what was shown in `contexts` `[m, d]`; see `Ridge`."""
        return replace(self, model=self.model.observed(contexts, rewards))

    def save(self, folder: Path) -> None:
        """Write what `load` needs into `folder`, which is made where it is missing."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        save_file({"inverse": self.model.inverse, "sums": self.model.sums}, folder / _MODEL)
        settings = {
            "method": self.method,
            "width": self.width,
            "at_random": self.at_random,
            "n": self.model.n,
        }
        (folder / _SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Bandit:
        """The bandit that `save` wrote; `SpaceError` where there is none or it is damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            settings = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
            parts = load_file(folder / _MODEL)
            d = len(parts["sums"])
            whole = parts["inverse"].shape == (d, d) and all(
                np.isfinite(part).all() for part in parts.values()
            )
            model = Ridge(parts["inverse"], parts["sums"], int(settings.pop("n")))
            if whole:
                return cls(model, **settings)
            reason = "numbers are missing"
        except (OSError, ValueError, KeyError, TypeError, SafetensorError, OptionError) as error:
            reason = str(error)
        raise SpaceError(
            f"The bandit in {folder} cannot be read ({reason}).",
            f"It is a folder with the {_MODEL} and {_SETTINGS} that save wrote.",
            "Take an older copy, or start a new bandit.",
        )
