"""Histories side by side, as a network reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from shelfspace.data.interactions import Interactions

Int64 = npt.NDArray[np.int64]

#: Gaps of time are told apart by powers of two of a second: the last is 68 years.
GAP_LEVELS = 32


@dataclass(frozen=True)
class Steps:
    """B histories of up to L steps, int64 [B, L], each from its left on; behind its end stands item 0.

    `lengths` [B] says how many steps are meant. `gaps` are levels 0 to 31 of the time since the step before,
    `kinds` numbers of the kind of event; None where they are not known or not wanted.
    """

    items: Tensor
    lengths: Tensor
    gaps: Tensor | None = None
    kinds: Tensor | None = None

    def __len__(self) -> int:
        return len(self.items)

    def last(self, states: Tensor) -> Tensor:
        """Of states [B, L, d] each history's last one, [B, d]."""
        return states[torch.arange(len(self)), self.lengths - 1]


def steps_of(
    histories: Interactions, window: int, *, gaps: bool = False, kinds: npt.NDArray[np.float32] | None = None
) -> Steps:
    """The last `window` events of each history, all of which have one at least, as steps.

    `gaps` asks for the times between events (0 where histories bear no times). `kinds`, in rising order, are
    the weights that a kind of event may have: each event is of the kind whose weight is nearest.
    """
    lengths = np.minimum(histories.lengths, window)
    width = int(lengths.max(initial=0))
    first = histories.starts[1:] - lengths
    events = first[:, None] + np.arange(width)
    there = np.arange(width) < lengths[:, None]
    events = np.where(there, events, 0)
    gap_levels = kind_numbers = None
    if gaps:
        levels = _gap_levels(histories)
        gap_levels = torch.from_numpy(np.where(there, levels[events], 0))
    if kinds is not None:
        numbers = _kind_numbers(histories, kinds)
        kind_numbers = torch.from_numpy(np.where(there, numbers[events], 0))
    items = np.where(there, histories.items[events], 0)
    return Steps(torch.from_numpy(items), torch.from_numpy(lengths), gap_levels, kind_numbers)


def _gap_levels(histories: Interactions) -> Int64:
    """0 where there is no time or no event before, else 1 + ⌊log2(1 + seconds)⌋, 31 at most; [m]."""
    if histories.times is None or not len(histories):
        return np.zeros(len(histories), np.int64)
    since = np.diff(histories.times, prepend=histories.times[:1])
    levels = np.log2(1 + np.maximum(since, 0)).astype(np.int64) + 1
    levels[histories.starts[:-1][histories.lengths > 0]] = 0
    capped: Int64 = np.minimum(levels, GAP_LEVELS - 1)
    return capped


def _kind_numbers(histories: Interactions, kinds: npt.NDArray[np.float32]) -> Int64:
    weights = np.ones(len(histories), np.float32) if histories.weights is None else histories.weights
    nearest: Int64 = np.abs(weights[:, None] - kinds[None, :]).argmin(axis=1).astype(np.int64)
    return nearest
