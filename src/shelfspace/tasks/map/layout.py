"""Vectors laid out on a square: a closed form, and from there a layout that keeps neighbours together."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.encoder import Vectors
from shelfspace.errors import MissingExtraError, OptionError

Places = npt.NDArray[np.float64]
Layout = Literal["auto", "closed", "learned"]

_PARTS = 100  # principal parts that the learned layout starts from
_FEWEST = 50  # distinct vectors that it needs
_EVEN = 0.5  # how far places are spread evenly: 0 as they were found, 1 by their ranks alone
_STEP = 1.5e-4  # of the side, between things at one place
_GOLDEN = np.pi * (3 - np.sqrt(5))


def laid_out(vectors: Vectors, layout: Layout = "auto", *, seed: int = 0) -> Places:
    """A place for each of the vectors `[n, dim]` on the unit square, float64 `[n, 2]`, alike ones close.

    "closed" is the plane of the two largest principal components: there at once, but it keeps few neighbours.
    "learned" goes on from there by PaCMAP (Wang et al. 2021), a contrast of near, middling and far pairs; it
    needs the extra `map`. "auto" is the learned one where the extra is installed. Fewer than 50 distinct
    vectors are laid out in closed form. Things of one vector lie around one place. The same vectors, layout
    and seed give the same places. Raises `OptionError` for another layout, `MissingExtraError` for "learned"
    without the extra.
    """
    if layout not in get_args(Layout):
        raise OptionError(
            f"The layout {layout!r} was asked for.",
            f"It is one of {', '.join(get_args(Layout))}.",
            "Choose one.",
        )
    installed = find_spec("pacmap") is not None
    if layout == "learned" and not installed:
        raise MissingExtraError(
            "A learned layout was asked for, and pacmap is not installed.",
            "It comes with the extra map.",
            'Run: pip install "shelfspace[map]"  or ask for --layout closed.',
        )
    if not len(vectors):
        return np.zeros((0, 2))
    distinct, number = np.unique(vectors, axis=0, return_inverse=True)
    parts = principal_parts(distinct)
    if layout == "closed" or not installed or len(distinct) < _FEWEST:
        found = parts[:, :2]
    else:
        found = _learned(parts, seed)
    return _beside_each_other(_spread(found), number.ravel())


def principal_parts(vectors: Vectors) -> Vectors:
    """The vectors' coordinates on their principal axes, largest first: float32 `[n, 2…100]`, signs fixed."""
    centred = (vectors - vectors.mean(axis=0)).astype(np.float64)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :_PARTS]
    axes *= np.where(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0) < 0, -1, 1)
    found = np.zeros((len(vectors), max(2, axes.shape[1])), np.float32)
    found[:, : axes.shape[1]] = centred @ axes
    return found


def _learned(parts: Vectors, seed: int) -> npt.NDArray[np.float32]:
    with _one_quiet_thread():
        from pacmap import PaCMAP

        model = PaCMAP(random_state=seed, apply_pca=False)
        return np.asarray(model.fit_transform(parts, init=parts[:, :2] / max(parts[:, :2].std(), 1e-12)))


@contextmanager
def _one_quiet_thread() -> Iterator[None]:
    """One thread, so that the result is the same on every machine, and no remark about the seed."""
    import numba

    threads, remarks = numba.get_num_threads(), logging.getLogger("pacmap.pacmap")
    level = remarks.level
    try:
        numba.set_num_threads(1)
        remarks.setLevel(logging.ERROR)
        yield
    finally:
        numba.set_num_threads(threads)
        remarks.setLevel(level)


def _spread(found: npt.NDArray[np.floating]) -> Places:
    """The places on the unit square, halfway between where they were found and an even spread on each axis.

    Without that a few far-off groups would press all others together.
    """
    n = len(found)
    low, high = found.min(axis=0), found.max(axis=0)
    scaled = (found - low) / np.maximum(high - low, 1e-12)
    ranks = np.empty((n, 2))
    for axis in (0, 1):
        values, place, counts = np.unique(found[:, axis], return_inverse=True, return_counts=True)
        middles = np.cumsum(counts) - (counts + 1) / 2
        ranks[:, axis] = middles[place] / max(n - 1, 1) if len(values) > 1 else 0.5
    scaled[:, high == low] = 0.5
    return np.asarray((1 - _EVEN) * scaled + _EVEN * ranks)


def _beside_each_other(places: Places, number: npt.NDArray[np.int64]) -> Places:
    """The place of each thing: those of one number in a sunflower's spiral around it."""
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(len(places)))
    turn = np.empty(len(number))
    turn[order] = np.arange(len(number)) - starts[number[order]]
    spiral = np.stack([np.cos(turn * _GOLDEN), np.sin(turn * _GOLDEN)], axis=1) * np.sqrt(turn)[:, None]
    return np.clip(places[number] + _STEP * spiral, 0, 1)
