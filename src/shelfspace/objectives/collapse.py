"""Has the space collapsed? Two figures that fall long before accuracy does."""

from __future__ import annotations

import torch
from torch import Tensor

from shelfspace.objectives.similarity import check_vectors, unit


@torch.no_grad()
def effective_rank(vectors: Tensor) -> float:
    """How many directions the vectors [n, d] really use: between 1 and min(n, d), 0.0 where all are zero.

    exp(−Σₖ pₖ log pₖ) with pₖ = σₖ / Σσ over the singular values of the normalised vectors (Roy & Vetterli
    2007, definition 1; as RankMe, Garrido et al. 2023, equation 1). Differs from the papers: vectors are
    normalised first, as every encoder's are.

    >>> round(effective_rank(torch.eye(4)), 3)
    4.0
    """
    check_vectors(vectors)
    values = torch.linalg.svdvals(unit(vectors).float())
    total = float(values.sum())
    if total == 0.0:
        return 0.0
    shares = values / total
    return float(torch.exp(torch.special.entr(shares).sum()))


@torch.no_grad()
def spread(vectors: Tensor) -> float:
    """How far the normalised vectors [n, d] lie apart: √(1 − ‖mean‖²), 1 when spread, 0 when all are one.

    It is √d times the quadratic mean over dimensions of the standard deviation that SimSiam watches (Chen &
    He 2021, section 4.1). No vector: 0.0.
    """
    check_vectors(vectors)
    if len(vectors) == 0:
        return 0.0
    units = unit(vectors).float()
    return float((units - units.mean(dim=0)).square().sum(dim=1).mean().sqrt())
