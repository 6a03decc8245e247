"""Which things to label next: doubtful ones that stand for many others and not for each other."""

from __future__ import annotations

import numpy as np

from shelfspace.tasks.classify.kernel import Float32, Int64

_POOL = 2000  # the most doubtful things, among which to choose
_CROWD = 2000  # things that say how crowded a place is


def suggested(told: Float32, vectors: Float32, n: int, *, seed: int = 0) -> Int64:
    """The places of at most `n` things to label, best first, of probabilities `[m, c]` and unit `[m, d]`.

    What a label is worth is the doubt between the two likeliest classes times how near the others lie
    (information density, Settles & Craven 2008, equation 13), and, as each is chosen, times how far it lies
    from those chosen before.
    """
    if not len(told) or n < 1:
        return np.empty(0, np.int64)
    best = np.sort(told, axis=1)
    doubt = 1 - (best[:, -1] - (best[:, -2] if told.shape[1] > 1 else 0))
    pool = np.argsort(-doubt, kind="stable")[: max(_POOL, n)]
    crowd = vectors[np.random.default_rng(seed).permutation(len(vectors))[:_CROWD]]
    density = np.clip(vectors[pool] @ crowd.mean(axis=0), 1e-3, None)
    worth = doubt[pool] * density
    apart = np.ones(len(pool))
    chosen: list[int] = []
    for _ in range(min(n, len(pool))):
        place = int(np.argmax(worth * apart))
        chosen.append(place)
        apart = np.minimum(apart, np.clip(1 - vectors[pool] @ vectors[pool[place]], 1e-6, None))
        worth[place] = -1
    found: Int64 = pool[np.array(chosen, np.int64)]
    return found
