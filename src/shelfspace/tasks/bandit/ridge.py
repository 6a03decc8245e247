"""A linear model of rewards that is exact after every update, and knows how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Float64 = npt.NDArray[np.float64]
Floats = npt.NDArray[np.floating[Any]]

_BLOCK = 256  # rows that are folded in at once


@dataclass(frozen=True)
class Ridge:
    """Ridge regression of rewards on contexts, as the posterior of its weights.

    `inverse` float64 `[d, d]` is (λI + XᵀX)⁻¹ and `sums` `[d]` is λθ₀ + Xᵀr, after `n` rewards. It is never
    changed: `observed` returns a new one.
    """

    inverse: Float64
    sums: Float64
    n: int = 0

    @classmethod
    def starting_at(cls, prior: Floats, *, ridge: float = 1.0) -> Ridge:
        """The model before any reward: weights θ₀ = `prior` `[d]`, as sure as `ridge` λ > 0 rewards make it.

        Raises `OptionError` for a ridge of 0 or less or a prior that is not finite.
        """
        start = np.asarray(prior, np.float64)
        if not ridge > 0 or not np.isfinite(start).all():
            raise OptionError(
                f"A ridge of {ridge:g} and a prior of {len(start)} weights were given.",
                "The ridge is above 0 and the weights are finite.",
                "Start at zeros with a ridge of 1.",
            )
        return cls(np.eye(len(start)) / ridge, ridge * start)

    @property
    def weights(self) -> Float64:
        """The weights `[d]` that the rewards so far suggest."""
        return np.asarray(self.inverse @ self.sums, np.float64)

    def expected(self, contexts: Floats) -> Float64:
        """The reward expected in each context, `[…]` of contexts `[…, d]`."""
        return np.asarray(contexts @ self.weights, np.float64)

    def spread(self, contexts: Floats) -> Float64:
        """√(xᵀ (λI + XᵀX)⁻¹ x), how unsure the expected reward is, `[…]` of contexts `[…, d]`."""
        squares = np.einsum("...d,...d->...", contexts @ self.inverse, contexts)
        return np.asarray(np.sqrt(np.maximum(squares, 0.0)), np.float64)

    def observed(self, contexts: Floats, rewards: Floats) -> Ridge:
        """The model after `rewards` `[m]` in `contexts` `[m, d]`: the same as if all had come at once.

        The inverse is updated by the formula of Woodbury, of which that of Sherman and Morrison is the case
        of one row: d² work a reward, whatever came before. Raises `OptionError` where shapes do not fit or a
        number is not finite.
        """
        x, r = np.asarray(contexts, np.float64), np.asarray(rewards, np.float64)
        fits = x.shape == (len(r), len(self.sums)) and np.isfinite(x).all() and np.isfinite(r).all()
        if not fits:
            raise OptionError(
                f"Contexts of the shape {x.shape} and {len(r)} rewards were given.",
                f"Each reward is a finite number and has a context of {len(self.sums)} finite numbers.",
                "Give those of the choices whose reward is known.",
            )
        inverse = self.inverse
        for start in range(0, len(r), _BLOCK):
            block = x[start : start + _BLOCK]
            seen = inverse @ block.T
            inverse = inverse - seen @ np.linalg.solve(np.eye(len(block)) + block @ seen, seen.T)
            inverse = (inverse + inverse.T) / 2  # rounding would make it lopsided, and then not positive
        return Ridge(inverse, self.sums + x.T @ r, self.n + len(r))
