"""Batches of photos: looks made ahead in a thread, growing with the epochs, labels mixed where wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from shelfspace.views.image.normalised import Pixels
from shelfspace.views.image.photo_looks import PhotoLooks
from shelfspace.views.prefetched import prefetched

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PhotoBatch:
    """The `rows` [n] of a step and one or two `looks` at each [n, 3, s, s].

    Where labels are mixed, each look holds `share` of its own photo and else that of row `partner` [n].
    `done` is the share of training done before it, `targets` [looks · n, d] what a slow copy makes of looks.
    """

    rows: Tensor
    looks: tuple[Tensor, ...]
    partner: Tensor | None = None
    share: float = 1.0
    done: float = 0.0
    targets: Tensor | None = None


@dataclass
class Waiting:
    """How long training waited for batches, and how many photos it saw; filled in as it goes."""

    waited_seconds: float = 0.0
    photos: int = 0


@dataclass(frozen=True)
class PhotoBatches:
    """The batches of an epoch, as `fit_encoder` takes them.

    `pixels` are uint8 [n, s, s, 3], `n_looks` 1 or 2. `sizes` names the sides in pixels that looks have in
    the course of training, each for an equal part of the `epochs` except that the last takes what is over:
    small first, as they cost less (progressive resizing). `mixing` is the share of batches in which photos
    are blended (mixup, Zhang et al. 2018) or patched together (CutMix, Yun et al. 2019), each half of the
    time.
    """

    pixels: Pixels
    looks: PhotoLooks
    steps: int
    epochs: int
    batch_size: int = 64
    n_looks: int = 1
    sizes: tuple[int, ...] = (64,)
    mixing: float = 0.0
    waiting: Waiting = field(default_factory=Waiting)

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[PhotoBatch]:
        """The epoch's batches, each a function of `rng` alone."""
        made = prefetched(self._batches(epoch, rng))
        try:
            for batch in made:
                self.waiting.photos += len(batch.rows)
                yield batch
        finally:
            self.waiting.waited_seconds += made.waited_seconds
            made.close()

    def size_in(self, epoch: int) -> int:
        """The side in pixels of looks in `epoch`."""
        return self.sizes[min(epoch * len(self.sizes) // max(self.epochs, 1), len(self.sizes) - 1)]

    def _batches(self, epoch: int, rng: np.random.Generator) -> Iterator[PhotoBatch]:
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        looks = replace(self.looks, size=self.size_in(epoch))
        for step, rows in enumerate(self._rows(rng)):
            photos = np.ascontiguousarray(self.pixels[rows])
            made = tuple(looks.look(photos, generator) for _ in range(self.n_looks))
            done = (epoch + step / self.steps) / max(self.epochs, 1)
            batch = PhotoBatch(torch.from_numpy(rows), made, done=done)
            yield _mixed(batch, rng) if rng.random() < self.mixing else batch

    def _rows(self, rng: np.random.Generator) -> Iterator[Int64]:
        """Rows in random order, all of them once before any comes twice."""
        n, left = len(self.pixels), np.empty(0, np.int64)
        for _ in range(self.steps):
            while len(left) < self.batch_size:
                left = np.concatenate([left, rng.permutation(n)])
            rows, left = left[: self.batch_size], left[self.batch_size :]
            yield rows.astype(np.int64)


def _mixed(batch: PhotoBatch, rng: np.random.Generator) -> PhotoBatch:
    """The batch with each photo blended with another, or a rectangle of it replaced by another's."""
    partner = torch.from_numpy(rng.permutation(len(batch.rows)))
    (look,) = batch.looks
    if rng.random() < 0.5:
        share = float(rng.beta(0.4, 0.4))
        return replace(batch, looks=(look.lerp(look[partner], 1 - share),), partner=partner, share=share)
    height, width = look.shape[2:]
    side = math.sqrt(1 - float(rng.random()))
    tall, wide = int(height * side), int(width * side)
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    patched = look.clone(memory_format=torch.channels_last)
    window = (slice(None), slice(None), slice(top, top + tall), slice(left, left + wide))
    patched[window] = look[partner][window]
    share = 1 - tall * wide / (height * width)
    return replace(batch, looks=(patched,), partner=partner, share=share)
