"""How much recall a cut promises, judged by held-out matches that are finitely many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

CONFIDENCE = 0.9  # one-sided


@dataclass(frozen=True)
class Promise:
    """What a `cut` keeps: `recall` of `held_out` matches were at or above it, and `lower` is the bound.

    The bound is that of Clopper and Pearson (1934) at one-sided 90 %: were the true recall below `lower`, as
    many would be found in one sample of ten at most. `sure` says that the bound meets what was asked;
    otherwise there are too few held-out matches for that, and the plain share meets it.
    """

    cut: float
    recall: float
    lower: float
    held_out: int
    sure: bool


def check_recall(recall: float) -> float:
    """The recall, if it lies above 0 and below 1; `OptionError` otherwise."""
    if 0 < recall < 1:
        return recall
    raise OptionError(
        f"The recall {recall} was asked for.",
        "It is a share of the matches, above 0 and below 1.",
        "Ask for --recall 0.99, say.",
    )


def promise(scores: npt.NDArray[np.float64], recall: float) -> Promise:
    """The highest cut at or above which the lower bound for the share of matches meets `recall`.

    `scores` `[m]` are those of held-out matches, -inf for one that no cut can keep. Where m is too small for
    the bound to meet it even with all of them, the highest cut that keeps this share of them.

    Raises `OptionError` where `recall` is not in (0, 1), where there are no scores, and where too many of
    them are -inf: with what can be had instead.
    """
    check_recall(recall)
    falling = np.sort(scores)[::-1]
    n, reachable = len(falling), int(np.isfinite(falling).sum())
    if not n:
        raise OptionError(
            f"A recall of {recall:g} was asked for, and no known match can judge it.",
            "Labelled matches, equal trade item numbers or a few sure matches are needed.",
            "Leave --recall out, or fit with --pairs.",
        )
    sure = lower_bound(n, n) >= recall
    for kept in range(max(int(recall * n), 1), reachable + 1):
        met = lower_bound(kept, n) if sure else kept / n
        if met >= recall:
            return Promise(float(falling[kept - 1]), kept / n, lower_bound(kept, n), n, sure)
    most = lower_bound(reachable, n) if sure else reachable / n
    raise OptionError(
        f"A recall of {recall:g} was asked for; of {n:,} held-out matches {n - reachable:,} are not among "
        f"the nearest neighbours at all.",
        f"At most {most:.4f} can be promised{' with 90 % confidence' if sure else ''}, of all that are.",
        f"Ask for --recall {max(int(most * 1000) / 1000, 0.001):g} or less, or leave it out.",
    )


def lower_bound(hits: int, n: int) -> float:
    """The share that is not undercut with 90 % confidence, where `hits` of `n` were found; 0 for none.

    The 10 % quantile of Beta(hits, n - hits + 1): Clopper and Pearson 1934, in the form of Brown, Cai and
    DasGupta 2001, equation 4.
    """
    if not hits:
        return 0.0
    from scipy.special import betaincinv

    return float(betaincinv(hits, n - hits + 1, 1 - CONFIDENCE))
