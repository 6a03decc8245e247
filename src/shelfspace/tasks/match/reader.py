"""A cross-encoder that reads the pairs which trees over the two records leave open, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.trees import TreeScorer

Columns = dict[str, npt.NDArray[np.float32]]

#: The column's name, which says nothing (NaN) of a pair that was not read.
READING = "learned reading"
#: The open pairs: the trees' log-odds lie within so much of even. Beyond it one in a hundred is wrong.
BAND = 4.0


class Judge(Protocol):
    """What reads two texts at once, a `CrossEncoder` for one."""

    def log_odds(self, left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.float32]:
        """The log-odds that each pair of texts is one product, float32 `[m]`."""

    def to_bytes(self) -> bytes:
        """The judge whole."""


@dataclass(frozen=True)
class Reader:
    """Reads a pair of `texts` where the log-odds of `trees`, which see two records alone, are in the band.

    Of several `judges`, each taught on another part of the labels, the mean counts. What was read once is
    remembered in `read`, since reading is what costs: about 20 ms a pair and judge.
    """

    trees: TreeScorer
    judges: tuple[Judge, ...]
    texts: Sequence[str]
    read: dict[int, float] = field(default_factory=dict, repr=False)

    def column(self, pairs: PairRows, columns: Columns) -> npt.NDArray[np.float32]:
        """The judges' log-odds of the open pairs, float32 `[m]`; `columns` hold at least those of `trees`."""
        open_ = np.flatnonzero(np.abs(self.trees.log_odds(columns)) < BAND)
        asked = pairs.take(open_)
        keys = asked.keys().tolist()
        new = [place for place, key in enumerate(keys) if key not in self.read]
        left = [self.texts[row] for row in asked.left[new]]
        right = [self.texts[row] for row in asked.right[new]]
        if new:
            said = np.mean([judge.log_odds(left, right) for judge in self.judges], axis=0)
            self.read.update(zip((keys[place] for place in new), said.tolist(), strict=True))
        found = np.full(len(pairs), np.nan, np.float32)
        found[open_] = [self.read[key] for key in keys]
        return found
