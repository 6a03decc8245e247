"""Batches of positive pairs whose other members are worth telling apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from shelfspace.errors import OptionError

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

_OVERDRAW = 4  # draws for each place in a batch, for pairs whose product is in it already


@dataclass(frozen=True)
class PairBatch:
    """Pairs of one batch: catalogue rows `left` and `right`, int64 `[b]`, no row twice on one side."""

    left: Int64
    right: Int64

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class _Source:
    """The pairs between two shops and their cumulative weights."""

    left: Int64
    right: Int64
    weights: Float64
    cumulative: Float64


class PairBatches:
    """Source-aware batches of positive pairs.

    A batch is drawn from one source: lefts of one shop, rights of one shop. A shop seldom lists a product
    twice, so the other rights are true negatives even where labels are missing, and they are written in the
    style of the positive, so that style tells nothing. After the source-aware sampling of Peeters and Bizer
    2022 (R-SupCon), who cut the training set by source where this cuts the batches. Sources with fewer pairs
    than half a batch share one pool.

    `left` and `right` are catalogue rows `[m]`, `weights` `[m]` (None: all equal; 0 never drawn), `shops` the
    shop of every catalogue row (None: all of one source). Raises `OptionError` where these do not fit
    together, for a `batch_size` below 1 and for negative `steps`.
    """

    def __init__(
        self,
        left: Int64,
        right: Int64,
        *,
        weights: npt.NDArray[np.floating] | None = None,
        batch_size: int,
        steps: int,
        shops: npt.NDArray[np.generic] | None = None,
    ) -> None:
        given = np.ones(len(left)) if weights is None else np.asarray(weights, np.float64)
        _check(left, right, given, batch_size, steps, shops)
        self.batch_size, self.steps = batch_size, steps
        drawn = given > 0
        self._sources = _sources(left[drawn], right[drawn], given[drawn], batch_size, shops)

    def __len__(self) -> int:
        return self.steps

    def __call__(self, epoch: int, rng: np.random.Generator) -> Iterator[PairBatch]:
        """`steps` batches; the generator alone decides them, `epoch` is there for batches that grow harder.

        A source is drawn by its weight, then pairs by theirs. A batch is shorter than `batch_size` where its
        source has too few different products. Without pairs there are no batches.
        """
        if not self._sources:
            return
        totals = np.cumsum([source.cumulative[-1] for source in self._sources])
        for _ in range(self.steps):
            place = np.searchsorted(totals, rng.random() * totals[-1], side="right")
            yield self._draw(self._sources[min(int(place), len(totals) - 1)], rng)

    def _draw(self, source: _Source, rng: np.random.Generator) -> PairBatch:
        n, wanted = len(source.left), self.batch_size * _OVERDRAW
        if n <= wanted:  # an exponential race orders all pairs by weight: Efraimidis and Spirakis 2006
            order = np.argsort(rng.exponential(size=n) / source.weights)
        else:
            marks = rng.random(wanted) * source.cumulative[-1]
            order = np.minimum(np.searchsorted(source.cumulative, marks, side="right"), n - 1)
        order = order[_first(source.left[order])]
        order = order[_first(source.right[order])][: self.batch_size]
        return PairBatch(source.left[order], source.right[order])


def false_negative_mask(left: Int64, right: Int64, positives: sparse.csr_array) -> Bool:
    """Which off-diagonal cells (left[i], right[j]) are known to be the same, bool `[b, b]`.

    They are cells of `positives` (bool CSR, all rows by all rows) and products met on both sides. The
    diagonal, the pairs themselves, is False.
    """
    held: Bool = positives[left][:, right].toarray().astype(np.bool_)
    known: Bool = held | (left[:, None] == right)
    np.fill_diagonal(known, False)
    return known


def _first(rows: Int64) -> Int64:
    """The places of each row's first occurrence, ascending."""
    return np.sort(np.unique(rows, return_index=True)[1]).astype(np.int64)


def _sources(
    left: Int64, right: Int64, weights: Float64, batch_size: int, shops: npt.NDArray[np.generic] | None
) -> list[_Source]:
    if len(left) == 0:
        return []
    if shops is None:
        return [_Source(left, right, weights, np.cumsum(weights))]
    codes = np.unique(shops, return_inverse=True)[1]
    turned = codes[left] > codes[right]
    left, right = np.where(turned, right, left), np.where(turned, left, right)
    keys = codes[left] * (int(codes.max()) + 1) + codes[right]
    _, source, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    source = np.where(sizes[source] * 2 < batch_size, -1, source)
    order = np.argsort(source, kind="stable")
    edges = np.flatnonzero(np.diff(source[order])) + 1
    return [
        _Source(left[part], right[part], weights[part], np.cumsum(weights[part]))
        for part in np.split(order, edges)
    ]


def _check(
    left: Int64,
    right: Int64,
    weights: Float64,
    batch_size: int,
    steps: int,
    shops: npt.NDArray[np.generic] | None,
) -> None:
    if batch_size < 1 or steps < 0:
        raise OptionError(
            f"A batch_size of {batch_size} and {steps} steps were given.",
            "A batch holds at least one pair, and steps are 0 or more.",
            "Choose them within these bounds.",
        )
    if not len(left) == len(right) == len(weights):
        raise OptionError(
            f"{len(left)} lefts, {len(right)} rights and {len(weights)} weights were given.",
            "Each pair has one of each.",
            "Hand over three arrays of one length.",
        )
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise OptionError("Some weights are negative or no numbers.", "A weight is 0 or more.", "Mend them.")
    last = max(left.max(initial=-1), right.max(initial=-1))
    lowest = min(left.min(initial=0), right.min(initial=0))
    if lowest < 0 or (shops is not None and last >= len(shops)):
        raise OptionError(
            f"Rows from {lowest} to {last} were given"
            + (f" with the shops of {len(shops)} products." if shops is not None else "."),
            "Rows count from 0, and shops has one entry for each product of the catalogue.",
            "Drop the pairs that are not in the catalogue, and hand over its whole shop column.",
        )
