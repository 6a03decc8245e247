"""Batches of histories that are about equally long, each with what came next at every step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import SequenceShape, Steps, steps_of
from shelfspace.views.sequence import edited

Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class SequenceBatch:
    """`steps` and the item that followed each, `targets` [B, L], -1 behind a history's end.

    `candidates` are all items that somebody took, in order, or None where all were; `negatives` [k] are drawn
    ones and `log_chances` [k] their chances, None where none are drawn. `looks` are two edited looks at each
    history, `partners` another history with the same last target (perhaps itself); None where not asked for.
    """

    steps: Steps
    targets: Tensor
    candidates: Tensor | None = None
    negatives: Tensor | None = None
    log_chances: Tensor | None = None
    looks: tuple[Steps, Steps] | None = None
    partners: Steps | None = None

    def last_targets(self) -> Tensor:
        """The item that came after each whole history, [B]."""
        return self.targets[torch.arange(len(self.steps)), self.steps.lengths - 1]


class SequenceBatches:
    """An epoch of batches of about `tokens` steps, a function of a generator alone.

    Histories longer than the window are cut from behind into pieces that share one event, so that every
    event but the first is a target once. `negatives` 0 draws none; else so many items a batch, with chances
    like their popularity.
    """

    def __init__(
        self,
        taken: Interactions,
        shape: SequenceShape,
        *,
        tokens: int = 1024,
        negatives: int = 0,
        looks: bool = False,
        partners: bool = False,
        kinds: Float32 | None = None,
    ) -> None:
        self.pieces = pieces_of(taken, shape.window + 1)
        self.shape, self.tokens, self.negatives = shape, tokens, negatives
        self.looks, self.partners, self.kinds = looks, partners, kinds
        counts = taken.popularity()
        # An item nobody took is no negative: it would learn that nobody wants it, new as it may be.
        there = np.flatnonzero(counts)
        self._candidates = None if len(there) == len(counts) else torch.from_numpy(there)
        self._chances = counts / max(1, counts.sum())
        self._running = np.cumsum(self._chances)
        self._same = _Same.of(self.pieces) if partners else None
        self.per_epoch = sum(1 for _ in token_batches(self._lengths, tokens, np.random.default_rng(0)))

    @property
    def _lengths(self) -> Int64:
        return self.pieces.lengths - 1

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[SequenceBatch]:
        """The batches of an epoch."""
        for rows in token_batches(self._lengths, self.tokens, rng):
            yield self._batch(rows, rng)

    def _batch(self, rows: Int64, rng: np.random.Generator) -> SequenceBatch:
        pieces = self.pieces.take(rows)
        before = pieces.before_last(1)
        steps = self._steps(before)
        places = np.arange(steps.items.shape[1])
        events = pieces.starts[:-1, None] + 1 + places
        there = places < before.lengths[:, None]
        targets = np.where(there, pieces.items[np.where(there, events, 0)], -1)
        negatives = log_chances = looks = partners = None
        if self.negatives:
            drawn = np.searchsorted(self._running, self._running[-1] * rng.random(self.negatives), "right")
            negatives = torch.from_numpy(drawn)
            log_chances = torch.from_numpy(np.log(self._chances[drawn]).astype(np.float32))
        if self.looks:
            looks = (self._steps(edited(before, rng)), self._steps(edited(before, rng)))
        if self._same is not None:
            partners = self._steps(self.pieces.take(self._same.draw(rows, rng)).before_last(1))
        return SequenceBatch(
            steps,
            torch.from_numpy(targets),
            self._candidates,
            negatives,
            log_chances,
            looks,
            partners,
        )

    def _steps(self, histories: Interactions) -> Steps:
        return steps_of(histories, self.shape.window, gaps=self.shape.gaps, kinds=self.kinds)


@dataclass(frozen=True)
class _Same:
    """Pieces in the order of their last item: those of one item stand from `first` to before `last`."""

    order: Int64
    first: Int64
    last: Int64

    @classmethod
    def of(cls, pieces: Interactions) -> _Same:
        ends = pieces.last(1).items
        order = np.argsort(ends, kind="stable")
        ranked = ends[order]
        return cls(order, np.searchsorted(ranked, ends, "left"), np.searchsorted(ranked, ends, "right"))

    def draw(self, rows: Int64, rng: np.random.Generator) -> Int64:
        """For each piece one that ends with the same item, itself where there is no other."""
        return self.order[rng.integers(self.first[rows], self.last[rows])]


def pieces_of(taken: Interactions, size: int) -> Interactions:
    """Histories of two events or more, cut from behind into pieces of `size` at most that share one event."""
    lengths, step = taken.lengths, size - 1
    counts = np.where(lengths >= 2, -(-(lengths - 1) // step), 0)
    users = np.repeat(np.arange(taken.n_users), counts)
    number = np.arange(len(users)) - np.repeat(np.cumsum(counts) - counts, counts)
    ends = taken.starts[1:][users] - number * step
    begins = np.maximum(ends - size, taken.starts[:-1][users])
    return taken.runs(begins, ends - begins)


def token_batches(lengths: Int64, tokens: int, rng: np.random.Generator) -> list[Int64]:
    """Rows of about equal `lengths` together, at most `tokens` steps with the padding, in random order.

    A row longer than that is a batch of its own.
    """
    order = np.argsort(lengths + rng.random(len(lengths)), kind="stable")
    batches, begin = [], 0
    while begin < len(order):
        # Lengths rise, so a slice's last row is its longest.
        end = begin + max(1, tokens // max(1, int(lengths[order[begin]])))
        end = min(end, len(order))
        while end - begin > 1 and int(lengths[order[end - 1]]) * (end - begin) > tokens:
            end -= 1
        batches.append(order[begin:end])
        begin = end
    return [batches[place] for place in rng.permutation(len(batches))]
