"""A table's numbers and categories as vectors in closed form: standardised, one-hot, principal components."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shelfspace.encoders.encoder import Vectors
from shelfspace.objectives.spectral.svd import truncated_svd

_MOST_COMPONENTS = 32
_MOST_VALUES = 100  # of a category; the rarer ones are alike in being none of these
_FARTHEST = 3.0  # standard deviations; what lies farther is as far


def column_vectors(
    table: pl.DataFrame, numbers: Sequence[str], categories: Sequence[str], *, seed: int = 0
) -> Vectors:
    """The rows along the principal components of some columns, unit float32 `[n, d]` or zero.

    Numbers are brought to mean 0 and deviation 1, what is no number to the mean; each value of a category is
    a column of 0 and 1, centred, and all columns of one category weigh together as one number does. Without
    such a column, or where nothing differs, the rows are of length 0 in one dimension.
    """
    blocks = [_of_number(table[name]) for name in numbers] + [
        _of_category(table[name]) for name in categories
    ]
    blocks = [block for block in blocks if block.any()]
    if not blocks or len(table) < 2:
        return np.zeros((len(table), 1), np.float32)
    rows = np.hstack(blocks)
    k = min(_MOST_COMPONENTS, *rows.shape)
    found = truncated_svd(rows, k, seed=seed)
    placed = found.left * found.values
    lengths = np.linalg.norm(placed, axis=1, keepdims=True)
    return np.asarray(np.divide(placed, lengths, out=np.zeros_like(placed), where=lengths > 1e-6), np.float32)


def _of_number(values: pl.Series) -> Vectors:
    told = values.cast(pl.Float64, strict=False)
    known = told.is_finite().fill_null(False).to_numpy()
    cells = np.where(known, told.fill_null(0).to_numpy(), 0)
    if not known.any():
        return np.zeros((len(cells), 1), np.float32)
    mean, deviation = float(cells[known].mean()), float(cells[known].std())
    placed = (cells - mean) / (deviation or 1.0)
    return np.where(known, np.clip(placed, -_FARTHEST, _FARTHEST), 0)[:, None].astype(np.float32)


def _of_category(values: pl.Series) -> Vectors:
    counts = values.drop_nulls().value_counts(sort=True).head(_MOST_VALUES)
    names = sorted(counts[values.name].to_list())
    hot = np.stack([(values == name).fill_null(False).to_numpy() for name in names], 1) if names else None
    if hot is None:
        return np.zeros((len(values), 1), np.float32)
    centred = hot - hot.mean(axis=0)
    return np.asarray(centred / max(float(np.sqrt(np.square(centred).sum(axis=1).mean())), 1e-6), np.float32)
