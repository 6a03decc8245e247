"""Cross-domain similarity local scaling: a score that knows the rivals of both sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Scores = npt.NDArray[np.float32]


def local_scaling(scores: npt.NDArray[np.floating], k: int = 10) -> Scores:
    """2 s(x, y) − r(x) − r(y), float32 `[n, m]`, where r is the mean of the k best of a row, or a column.

    Conneau et al. 2018 (CSLS), equation 3. What is near to everything (a hub) is moved away from all, so that
    it no longer stands first everywhere. It needs the things that are asked about all at once, none of their
    labels.

    Differs from the paper: in nothing; with fewer than k rows or columns, r is the mean of them all. No row
    or no column gives the empty scores. Raises `OptionError` for a k below 1.

    >>> local_scaling(np.array([[1.0, 0.0], [0.0, 1.0]]), k=1).tolist()
    [[0.0, -2.0], [-2.0, 0.0]]
    """
    if k < 1:
        raise OptionError(f"k is {k}.", "At least one rival is looked at.", "10 is usual.")
    if 0 in scores.shape:
        return np.asarray(scores, np.float32)
    rows, columns = _best(scores, k), _best(scores.T, k)
    return np.asarray(2 * scores - rows[:, None] - columns[None], np.float32)


def _best(scores: npt.NDArray[np.floating], k: int) -> npt.NDArray[np.floating]:
    """The mean of each row's k best."""
    k = min(k, scores.shape[1])
    best: npt.NDArray[np.floating] = np.partition(scores, scores.shape[1] - k, axis=1)[:, -k:].mean(axis=1)
    return best
