"""Contrast within a row: a few of its columns find the rest of the same row among its other rests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

_HIDDEN = 64
_DIM = 32
_TEMPERATURE = 0.1
_MOST_CUTS = 24
_SHARE = 12  # a part has two numbers, or a twelfth of a wide row
_BATCH = 64
_LEARNING_RATE = 1e-3
_FEWEST = 10
_CHUNK = 1_024


class _Part(nn.Module):
    """One side of every cut, [n, cuts, d], as unit vectors [n, cuts, k].

    Normalising each cut by itself is what tells the network which columns it looks at.
    """

    def __init__(self, cuts: int, d: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(d, _HIDDEN),
            nn.BatchNorm1d(cuts),
            nn.Tanh(),
            nn.Linear(_HIDDEN, _HIDDEN),
            nn.BatchNorm1d(cuts),
            nn.LeakyReLU(0.2),
            nn.Linear(_HIDDEN, _DIM),
        )

    def forward(self, parts: Tensor) -> Tensor:
        return functional.normalize(self.layers(parts), dim=2)


@dataclass(frozen=True)
class RowParts:
    """Which numbers are on either side of each cut, [cuts, inside] and [cuts, outside], and their networks.

    Internal contrastive learning (Shenkar and Wolf 2022, section 3): where it has learned which rest belongs
    to which few columns of ordinary rows, a row in which they do not find each other is strange.

    Differs from the paper: wide rows are cut in 24 places at most, and steps are hundreds, not thousands.
    """

    inside: Tensor
    outside: Tensor
    few: _Part
    rest: _Part

    def losses(self, rows: Tensor) -> Tensor:
        """−log softmax of the right rest, the cosine over τ, for each row and cut: [n, cuts]."""
        found = torch.einsum("nid,njd->nij", self.few(rows[:, self.inside]), self.rest(rows[:, self.outside]))
        logits = found / _TEMPERATURE
        return torch.logsumexp(logits, dim=2) - logits.diagonal(dim1=1, dim2=2)

    @torch.no_grad()
    def scores(self, rows: Float32) -> Float64:
        """How badly the parts of each row [n, d] find each other, [n], higher is stranger: the mean loss."""
        chunks = [torch.from_numpy(rows[at : at + _CHUNK]) for at in range(0, len(rows), _CHUNK)]
        found = [self.losses(chunk).mean(dim=1).numpy() for chunk in chunks]
        return np.concatenate(found).astype(np.float64) if found else np.zeros(0)


def learn_parts(rows: Float32, *, steps: int = 200, seed: int = 0) -> RowParts | None:
    """What `rows` [n, d] teach of how their parts belong together.

    None where there is too little: fewer than 10 rows or 3 numbers, or no steps.
    """
    d = rows.shape[1]
    if d < 3 or len(rows) < _FEWEST or not steps:
        return None
    width = max(2 if d > 3 else 1, d // _SHARE)
    starts = np.unique(np.linspace(0, d - width, min(_MOST_CUTS, d - width + 1)).round().astype(np.int64))
    inside = torch.from_numpy(starts[:, None] + np.arange(width))
    outside = torch.tensor([[at for at in range(d) if not s <= at < s + width] for s in starts.tolist()])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        few, rest = _Part(len(starts), width), _Part(len(starts), d - width)
    parts = RowParts(inside, outside, few, rest)
    known = torch.from_numpy(np.ascontiguousarray(rows))
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.Adam([*few.parameters(), *rest.parameters()], lr=_LEARNING_RATE)
    for _ in range(steps):
        batch = rng.choice(len(rows), min(_BATCH, len(rows)), replace=False)
        loss = parts.losses(known[torch.from_numpy(batch)]).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    few.eval()
    rest.eval()
    return parts
