"""Tastes: a user as the mean of what they took, what is recent and what says more counting more."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.errors import OptionError

DAY_SECONDS = 86_400.0
HALF_LIFE_DAYS = 30.0


def taste_vectors(
    histories: Interactions, vectors: Float32, *, half_life_days: float = HALF_LIFE_DAYS
) -> Float32:
    """Unit vectors float32 `[n_users, dim]`, zero for users without a history or whose events cancel out.

    The mean of the product `vectors` `[n_items, dim]` of a user's events, each counting by its weight and
    half as much for every `half_life_days` that lie between it and the user's last event. Histories without
    times or weights count all events alike. Raises `OptionError` where vectors and items are not as many or
    the half-life is not above 0.
    """
    if len(vectors) != histories.n_items or not half_life_days > 0:
        raise OptionError(
            f"{len(vectors)} vectors of {histories.n_items} items and a half-life of {half_life_days:g} days "
            "were given.",
            "Each item has a vector and a half-life is above 0.",
            "Give the vectors of the same catalogue, and infinity for events that all count alike.",
        )
    return unit(summed(histories, faded(histories, half_life_days), vectors))


def faded(histories: Interactions, half_life_days: float) -> npt.NDArray[np.float64]:
    """How much each event counts, `[m]`: its weight, halved each half-life before the last one."""
    weights = np.ones(len(histories)) if histories.weights is None else histories.weights.astype(np.float64)
    if histories.times is None or not len(histories):
        return weights
    last = histories.times[np.maximum(histories.starts[1:] - 1, 0)]
    ages = (np.repeat(last, histories.lengths) - histories.times) / DAY_SECONDS
    return np.asarray(weights * 0.5 ** (ages / half_life_days), np.float64)


def summed(histories: Interactions, weights: npt.NDArray[np.float64], vectors: Float32) -> Float32:
    """The weighted sum of the vectors of each user's events, `[n_users, dim]`."""
    import scipy.sparse

    shape = (histories.n_users, histories.n_items)
    taken = scipy.sparse.csr_array((weights.astype(np.float32), histories.items, histories.starts), shape)
    return np.asarray(taken @ vectors, np.float32)


def unit(vectors: Float32) -> Float32:
    """The rows divided by their lengths, those of no length that could be told from rounding 0."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(
        np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-6), np.float32
    )
