"""Which unlabelled pairs teach a matcher most: those it may well be wrong about, none like another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shelfspace.tasks.match.candidates import PairRows

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

#: How far log-odds that all members of a committee agree on may still be off.
_DOUBT = 1.0
_POOL = 30  # pairs nearest to the cut that the committee votes on, for each that is asked
_LEAST_POOL = 300
#: Of the chosen pairs, one in so many is drawn at random.
_RANDOM_ONE_IN = 5


def doubts(log_odds: Float64, cut: float, votes: Float64) -> Float64:
    """How probable it is that each pair belongs on the other side of the `cut`: in 0…0.5, `[m]`.

    `votes` `[members, m]` are the log-odds that each member of a committee gives. Their spread and a doubt
    that they share are taken for the spread of a normal distribution about `log_odds` (query by committee,
    Seung et al. 1992, joined with uncertainty sampling): so a pair is doubtful where it lies near the cut,
    and the further from it the less the members agree.
    """
    from scipy.special import ndtr

    spread = np.hypot(votes.std(axis=0), _DOUBT) if len(votes) else np.full(len(log_odds), _DOUBT)
    return np.asarray(ndtr(-np.abs(log_odds - cut) / spread), np.float64)


def diverse(pairs: PairRows, worth: Float64, vectors: npt.NDArray[np.float32], n: int) -> Int64:
    """The places of at most `n` pairs of great `worth` (above 0) that are unlike each other, best first.

    Greedily, the worth of each pair is lessened by how like the most alike of those already chosen it is: the
    mean cosine of the left products and of the right ones among the unit rows `vectors`. No product is asked
    about twice, since the answer about one of its pairs mostly settles the others.
    """
    left, right = vectors[pairs.left], vectors[pairs.right]
    likeness = np.zeros(len(pairs))
    free = np.ones(len(pairs), bool)
    chosen: list[int] = []
    while len(chosen) < n and free.any():
        left_over = np.where(free, worth * (1 - np.clip(likeness, 0, 1)), -1.0)
        place = int(left_over.argmax())
        chosen.append(place)
        alike = (left @ left[place] + right @ right[place]) / 2
        np.maximum(likeness, alike, out=likeness)
        free &= (pairs.left != pairs.left[place]) & (pairs.right != pairs.right[place])
    return np.array(chosen, np.int64)


def drawn(log_odds: Float64, cut: float, n: int, rng: np.random.Generator) -> Int64:
    """The places of `n` pairs at random, as many from above the `cut` as from below while there are.

    They are what keeps the labels honest: where a matcher is wrong and sure of it, doubt finds nothing.
    """
    above = rng.permutation(np.flatnonzero(log_odds >= cut))
    below = rng.permutation(np.flatnonzero(log_odds < cut))
    n_above = min(len(above), max((n + 1) // 2, n - len(below)))
    return np.concatenate([above[:n_above], below[: n - n_above]])


def choose(
    pairs: PairRows,
    log_odds: Float64,
    cut: float,
    n: int,
    *,
    votes: Callable[[PairRows], Float64],
    vectors: npt.NDArray[np.float32],
    seed: int,
) -> tuple[Int64, Int64]:
    """The places of at most `n` pairs to ask about: the doubtful ones, best first, and those at random.

    `votes` asks the committee about the pairs nearest to the `cut`, and `vectors` are as in `diverse`.
    """
    near = np.argsort(np.abs(log_odds - cut), kind="stable")[: max(_LEAST_POOL, _POOL * n)]
    pool = pairs.take(near)
    worth = doubts(log_odds[near], cut, votes(pool))
    doubtful = near[diverse(pool, worth, vectors, n - n_random(n))]
    asked = pairs.take(doubtful)
    rest = np.flatnonzero(~(np.isin(pairs.left, asked.left) | np.isin(pairs.right, asked.right)))
    at_random = drawn(log_odds[rest], cut, n - len(doubtful), np.random.default_rng(seed))
    return doubtful, rest[at_random]


def n_random(n: int) -> int:
    """How many of `n` pairs to draw at random.

    >>> n_random(20), n_random(4)
    (4, 0)
    """
    return n // _RANDOM_ONE_IN
