"""Decisions: what was shown of which candidates, with which chance, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError, SpaceError

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_FILE = "decisions.safetensors"


@dataclass(frozen=True)
class Decisions:
    """A log of n choices, each of one of m candidates.

    `candidates` int64 `[n, m]` are rows of items, -1 for none, in `contexts` float32 `[n, m, d]`; `chosen`
    int64 `[n]` is the column shown, with the chance `propensities` float64 `[n]`; `rewards` float64 `[n]` is
    what came of it, NaN where that is not known yet. Raises `OptionError` where these do not fit together.
    """

    candidates: Int64
    contexts: Float32
    chosen: Int64
    propensities: Float64
    rewards: Float64

    def __post_init__(self) -> None:
        n, m = self.candidates.shape
        along = all(part.shape == (n,) for part in (self.chosen, self.propensities, self.rewards))
        inside = along and bool(((self.chosen >= 0) & (self.chosen < m)).all())
        if not inside or self.contexts.shape[:2] != (n, m):
            raise OptionError(
                f"{n} decisions over {m} candidates come with contexts of the shape {self.contexts.shape}, "
                f"{len(self.chosen)} choices, {len(self.propensities)} propensities and {len(self.rewards)} "
                "rewards.",
                "Each decision has a context for each candidate, a chosen column, a propensity and a reward.",
                "Log all of them when an item is shown, with NaN for a reward that is not known yet.",
            )

    def __len__(self) -> int:
        return len(self.chosen)

    @property
    def shown(self) -> Float32:
        """The contexts of what was shown, `[n, d]`."""
        return self.contexts[np.arange(len(self)), self.chosen]

    def known(self) -> Decisions:
        """Those whose reward is known."""
        return self.take(np.flatnonzero(~np.isnan(self.rewards)))

    def take(self, rows: Int64) -> Decisions:
        """The decisions at `rows`, in that order."""
        return Decisions(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    @staticmethod
    def joined(parts: list[Decisions]) -> Decisions:
        """One log after the other, all over the same number of candidates; one log at least."""
        names = Decisions.__dataclass_fields__
        return Decisions(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def save(self, folder: Path) -> None:
        """Write what `load` needs into `folder`, which is made where it is missing."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        arrays = {name: np.ascontiguousarray(getattr(self, name)) for name in self.__dataclass_fields__}
        save_file(arrays, folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> Decisions:
        """The decisions that `save` wrote; `SpaceError` where there are none or they are damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            return cls(**load_file(folder / _FILE))
        except (OSError, ValueError, TypeError, SafetensorError, OptionError) as error:
            raise SpaceError(
                f"The decisions in {folder} cannot be read ({error}).",
                f"They are a folder with the {_FILE} that save wrote.",
                "Take an older copy of the log.",
            ) from error
