"""What is likely wrong among things that are mostly right, by how things look that were made wrong."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.floating]
Float64 = npt.NDArray[np.float64]

_MOST_WRONG = 0.5


def judged(found: Scores, made_wrong: Scores, *, mark: float = 0.5) -> tuple[Float64, Float64]:
    """For each score how likely a right thing scores so high, and how many of those as high are wrong: `[n]`
    each.

    `found` `[n]` are the scores of things most of which are right, `made_wrong` `[m]` those of things that
    were made wrong; the higher the stranger. How many are wrong is told by how many score as high as these do
    from their quantile `mark` on (Storey 2002, with made-up wrong things in place of uniform ones); what
    these account for is taken from the tail, and the rest is a right thing's. P-values are 1 / (n + 1) at
    least. Without made-up things nothing is likely wrong.
    """
    n = len(found)
    if not n or not len(made_wrong):
        return np.ones(n), np.zeros(n)
    as_high = _tail(np.sort(found), found)
    if_wrong = _tail(np.sort(made_wrong), found)
    start = np.quantile(made_wrong, [mark])
    room = _tail(np.sort(found), start) / np.maximum(_tail(np.sort(made_wrong), start), 1e-12)
    wrong = min(_MOST_WRONG, float(room[0]))
    right = np.maximum(as_high - wrong * if_wrong, 0) / (1 - wrong)
    # What is stranger is not less likely wrong, also where few right things are to compare it with.
    grid = np.concatenate([found, np.quantile(made_wrong, np.linspace(0, 1, 101))])
    high = _tail(np.sort(found), grid)
    share = wrong * _tail(np.sort(made_wrong), grid) / np.maximum(high, 1 / n)
    order = np.argsort(grid, kind="stable")
    rising = np.empty(len(grid))
    rising[order] = np.maximum.accumulate(np.minimum(1, share[order]))
    return np.clip(right, 1 / (n + 1), 1), rising[:n]


def _tail(ordered: Scores, scores: Scores) -> Float64:
    """The share of the ordered scores that are as high."""
    return (len(ordered) - np.searchsorted(ordered, scores, side="left")) / len(ordered)
