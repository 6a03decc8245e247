"""How badly an account fits its neighbourhood, held against how it would fit those of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.graph.ego import TEMPERATURE, places_of, principal
from shelfspace.training.ego import OTHERS, LearnedEgo, learn_ego

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

_CHUNK = 4_096
_WORDS = 100  # columns beyond which features that are never negative are taken for bags of words


@dataclass(frozen=True)
class Misfit:
    """`scores` [n], higher fits worse, the vectors they rest on, [n, k], and what was learned.

    `own` [n] is the cosine of account and neighbourhood. Accounts without neighbours have the median score
    and a cosine of 0: there is nothing to fit.
    """

    scores: Float64
    own: Float64
    accounts: Float32
    places: Float32
    learned: LearnedEgo


def misfits(features: npt.NDArray[Any], network: Any, *, steps: int = 400, seed: int = 0) -> Misfit:
    """How badly each account's features [n, d] fit those of its neighbours: the InfoNCE loss of the account.

    log mean_j exp(cos(account, place of j) / τ) − cos(account, own place) / τ over 500 places of others. An
    account that fits no place at all, since it has few features or rare ones, scores no higher for that.
    """
    n = len(features)
    many = features.shape[1] > _WORDS and bool((features >= 0).all())
    rows = principal(features, unit_rows=many)
    learned = learn_ego(rows, network, steps=steps, seed=seed)
    around = places_of(rows, network).rows
    accounts, places = learned.space.accounts(rows), learned.space.places(around)
    own = (accounts * places).sum(axis=1).astype(np.float64)
    connected = np.flatnonzero(np.diff(network.indptr) > 0)
    scores = np.zeros(n)
    if len(connected):
        rng = np.random.default_rng(seed)
        others = places[rng.choice(connected, min(OTHERS, len(connected)), replace=False)]
        for start in range(0, n, _CHUNK):
            block = slice(start, start + _CHUNK)
            cosines = accounts[block] @ others.T
            scores[block] = np.log(np.exp(cosines / TEMPERATURE).mean(axis=1)) - own[block] / TEMPERATURE
        alone = np.diff(network.indptr) == 0
        scores[alone] = np.median(scores[connected])
    return Misfit(scores, own, accounts, places, learned)
