"""Products as shoppers see them: near where they are alike, and where the same people take them."""

from __future__ import annotations

import numpy as np

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.tasks.shoppers.tastes import unit

_DIM = 17  # directions, of which one tells popularity and is taken out


def shopped_vectors(histories: Interactions, vectors: Float32, *, seed: int = 0) -> Float32:
    """Unit vectors float32 `[n_items, dim + ≤ 17]`: the given ones beside those of who took what together.

    The second part is the spectral optimum of users and products (see `objectives.spectral`) without the
    direction that tells popularity alone; it is zero for products that nobody took, whose own
    `vectors` `[n_items, dim]` then are all that is known. Nothing in their texts brings tents and jazz
    together, but the log may know many users who like both: a segment that no wording shows.
    """
    from shelfspace.objectives.spectral import spectral_factors

    width = min(_DIM, histories.n_users, histories.n_items)
    own = unit(vectors.astype(np.float32))
    if width < 2 or not len(histories):
        return own
    taken = histories.matrix()
    together = spectral_factors(taken, width, seed=seed).right
    # Where the log falls apart into groups, popularity is spread over several directions: it has no place of
    # its own among them, but is known, the root of how much each product is taken.
    popular = np.sqrt(np.asarray(taken.sum(axis=0), np.float32))
    popular /= np.linalg.norm(popular)
    together = together - np.outer(popular, popular @ together)
    return unit(np.concatenate([own, unit(together)], axis=1))
