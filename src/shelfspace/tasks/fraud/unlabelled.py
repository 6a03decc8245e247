"""Strange accounts, without any label: misfits in their neighbourhood, or members of too dense a one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.data.accounts import Accounts
from shelfspace.encoders.graph.network import adjacency, embeddedness
from shelfspace.tasks.fraud.misfit import Misfit, misfits
from shelfspace.tasks.fraud.p_values import either, population_p_values, surprise

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Strangeness:
    """For each account `scores` [n], higher is stranger, `p_values` [n] of both kinds of evidence
    together, and each kind's own p-values under `evidence`: "misfit" and "density".
    """

    scores: Float64
    p_values: Float64
    evidence: dict[str, Float64]
    misfit: Misfit
    embeddedness: Float64


def strangeness(accounts: Accounts, *, steps: int = 400, seed: int = 0) -> Strangeness:
    """How strange each account is, by its features among its neighbours' and by the network alone.

    Each kind of evidence becomes a p-value against the whole population; the smaller counts. Neither needs a
    label, and no choice here was made by one. No account: none.
    """
    return strange(accounts, adjacency(accounts.edges, len(accounts)), steps=steps, seed=seed)


def strange(
    accounts: Accounts, network: Any, *, misfit: Misfit | None = None, steps: int = 400, seed: int = 0
) -> Strangeness:
    """`strangeness` over a network at hand, and over a `misfit` where that is known already."""
    if misfit is None:
        misfit = misfits(accounts.features, network, steps=steps, seed=seed)
    dense = embeddedness(network)
    parts = {"misfit": misfit.scores, "density": dense}
    evidence = {name: population_p_values(scores) for name, scores in parts.items()}
    kinds = list(evidence.values())
    return Strangeness(surprise(kinds), either(kinds), evidence, misfit, dense)
