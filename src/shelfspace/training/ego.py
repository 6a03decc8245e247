"""Learning the space of accounts and their neighbourhoods: closed form, then InfoNCE, then the gate."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from shelfspace.encoders.graph.ego import TEMPERATURE, EgoSpace, closed_ego, places_of
from shelfspace.objectives.infonce import infonce
from shelfspace.training.gate import Verdict, gate

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]

OTHERS = 500  # neighbourhoods of others that one's own is held against
_HELD_OUT = 0.1
_BATCH = 512
_NEIGHBOURS = 8  # drawn anew in each step: what is left of a neighbourhood when edges are dropped
_DROPPED = 0.2  # of the features
_LEARNING_RATE = 2e-3
_FEWEST = 40  # accounts with neighbours, below which the closed form is kept


class LearnedEgo(NamedTuple):
    """The space that the gate shipped, and its verdict; none where there was too little to learn from."""

    space: EgoSpace
    verdict: Verdict | None


def learn_ego(rows: Float32, network: Any, *, steps: int = 400, seed: int = 0) -> LearnedEgo:
    """The space in which accounts find their own neighbourhood best; `rows` [n, r] are centred features.

    It starts as canonical correlation and is refined by InfoNCE between an account and a few of its
    neighbours, with features dropped on both sides; neighbours in the batch are no negatives of each other.
    Accounts held out (a tenth) decide which of the two is shipped: by the share of other neighbourhoods that
    their own outranks. No label enters. With `steps` 0, or fewer than 40 connected accounts: the closed form.
    """
    connected = np.flatnonzero(np.diff(network.indptr) > 0)
    places, centre = places_of(rows, network)
    everything = closed_ego(rows[connected], places[connected])
    if not steps or len(connected) < _FEWEST:
        return LearnedEgo(everything, None)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(connected)
    held, taught = np.split(shuffled, [round(_HELD_OUT * len(shuffled))])
    closed = closed_ego(rows[taught], places[taught])
    learned = _refined(closed, rows, centre, network, taught, steps, rng)
    others = rng.choice(connected, min(OTHERS, len(connected)), replace=False)
    candidates = {
        name: _against_others(space, rows, places, held, others)
        for name, space in (("closed", closed), ("learned", learned))
    }
    verdict = gate(candidates, _outranked, steps=1)
    return LearnedEgo(learned if verdict.name == "learned" else everything, verdict)


def _against_others(
    space: EgoSpace, rows: Float32, places: Float32, held: Int64, others: Int64
) -> npt.NDArray[np.float32]:
    """Cosines [held, 1 + others] of accounts to their own neighbourhood, first, and to those of others."""
    accounts = space.accounts(rows[held])
    own = (accounts * space.places(places[held])).sum(axis=1, keepdims=True)
    return np.hstack([own, accounts @ space.places(places[others]).T])


def _outranked(scores: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """For each account the share of other neighbourhoods that lie farther than its own."""
    return np.asarray((scores[:, 1:] < scores[:, :1]).mean(axis=1), np.float64)


def _refined(
    start: EgoSpace,
    rows: Float32,
    centre: Float32,
    network: Any,
    taught: Int64,
    steps: int,
    rng: np.random.Generator,
) -> EgoSpace:
    features, middle = torch.from_numpy(rows), torch.from_numpy(centre)
    maps = [torch.from_numpy(matrix.copy()) for matrix in (start.of_account, start.of_place)]
    # Adam's steps are of one size whatever a weight's, so the maps are brought to vectors near length 1.
    lengths = [float((features @ matrix).norm(dim=1).mean()) + 1e-9 for matrix in maps]
    weights = [(matrix / length).requires_grad_(True) for matrix, length in zip(maps, lengths, strict=True)]
    optimiser = torch.optim.Adam(weights, lr=_LEARNING_RATE)
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    for _ in range(steps):
        batch = rng.choice(taught, min(_BATCH, len(taught)), replace=False)
        around = features[torch.from_numpy(_some_neighbours(batch, network, rng))].mean(dim=1) - middle
        accounts = _dropped(features[torch.from_numpy(batch)], generator) @ weights[0]
        known = torch.from_numpy(network[batch][:, batch].toarray() > 0)
        loss = infonce(
            accounts, _dropped(around, generator) @ weights[1], temperature=TEMPERATURE, mask=known
        )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return EgoSpace(*(weight.detach().numpy() for weight in weights))


def _some_neighbours(batch: Int64, network: Any, rng: np.random.Generator) -> Int64:
    """Eight neighbours [batch, 8] of each account, drawn with replacement."""
    starts, counts = network.indptr[batch], np.diff(network.indptr)[batch]
    draws = np.floor(rng.random((len(batch), _NEIGHBOURS)) * counts[:, None]).astype(np.int64)
    return np.asarray(network.indices[starts[:, None] + draws], np.int64)


def _dropped(rows: Tensor, generator: torch.Generator) -> Tensor:
    kept = torch.rand(rows.shape, generator=generator) >= _DROPPED
    return rows * kept / (1 - _DROPPED)
