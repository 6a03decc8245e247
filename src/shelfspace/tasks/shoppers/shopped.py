"""Products as shoppers see them: near where they are alike, and where the same people take them."""

from __future__ import annotations

import numpy as np

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.tasks.shoppers.tastes import unit

_DIM = 16


def shopped_vectors(histories: Interactions, vectors: Float32, *, seed: int = 0) -> Float32:
    """Unit vectors float32 `[n_items, dim + ≤ 16]`: the given ones beside those of who took what together.

    The second part is the spectral optimum of users and products (see `objectives.spectral`) without its
    first direction, which tells popularity alone; it is zero for products that nobody took, whose own
    `vectors` `[n_items, dim]` then are all that is known. Nothing in their texts brings tents and jazz
    together, but the log may know many users who like both: a segment that no wording shows.
    """
    from shelfspace.objectives.spectral import spectral_factors

    width = min(_DIM + 1, histories.n_users, histories.n_items)
    own = unit(vectors.astype(np.float32))
    if width < 2 or not len(histories):
        return own
    together = spectral_factors(histories.matrix(), width, seed=seed).right[:, 1:]
    return unit(np.concatenate([own, unit(together)], axis=1))
