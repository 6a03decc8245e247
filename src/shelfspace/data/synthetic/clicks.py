"""Clicks with known chances: what a bandit is shown, and what it would have earned with any other choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_LOW, _HIGH = 0.02, 0.98


@dataclass(frozen=True)
class Clicks:
    """A world of visits: m candidates each, whose chance to be clicked is linear in a context of d numbers.

    `weights` float64 `[d]` are that truth and `items` float32 `[n_items, d - 1]` the unit vectors of what may
    be shown. `curved` bends the chances, so that no linear model is right.
    """

    weights: Float64
    items: Float32
    n_candidates: int
    curved: bool = False

    @classmethod
    def made(
        cls, n_items: int = 40, dim: int = 16, *, n_candidates: int = 10, curved: bool = False, seed: int = 0
    ) -> Clicks:
        """A world drawn at random, the same for the same arguments; `OptionError` for numbers below 1."""
        if min(n_items, dim, n_candidates) < 1 or n_candidates > n_items:
            raise OptionError(
                f"{n_candidates} candidates of {n_items} items of {dim} dimensions were asked for.",
                "Each is 1 or more, and there are no more candidates than items.",
                "Mend them.",
            )
        rng = np.random.default_rng(seed)
        items = rng.standard_normal((n_items, dim))
        items /= np.linalg.norm(items, axis=1, keepdims=True)
        weights = rng.standard_normal(dim)
        weights *= 0.9 / np.abs(items @ weights).max()
        return cls(np.append(0.4, 0.4 * weights), items.astype(np.float32), n_candidates, curved)

    @property
    def dim(self) -> int:
        """The numbers of a context."""
        return len(self.weights)

    def visits(self, n: int, rng: np.random.Generator) -> tuple[Int64, Float32]:
        """The candidates int64 `[n, m]` of n visits, rows of `items`, with contexts float32 `[n, m, d]`."""
        candidates = rng.random((n, len(self.items))).argsort(axis=1)[:, : self.n_candidates]
        ones = np.ones((*candidates.shape, 1), np.float32)
        return candidates, np.concatenate([ones, self.items[candidates]], axis=2)

    def chances(self, contexts: Float32) -> Float64:
        """The chance of a click in each context, `[…]` of contexts `[…, d]`."""
        found = contexts @ self.weights
        if self.curved:
            found = 1 / (1 + np.exp(-12 * (found - 0.5)))
        return np.asarray(np.clip(found, _LOW, _HIGH), np.float64)

    def rewards(self, contexts: Float32, rng: np.random.Generator) -> Float64:
        """1 for a click and 0 for none, drawn for each context."""
        chances = self.chances(contexts)
        return (rng.random(chances.shape) < chances).astype(np.float64)
