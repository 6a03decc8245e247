"""The common space as a module that learns: both maps move, and a head may tell categories on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.encoders.product.common_space import CommonSpace

#: Of a batch's words and of the numbers of its photo vectors, the shares that are left out at random.
WORD_DROP, PHOTO_DROP = 0.4, 0.7


class CommonLearner(nn.Module):
    """Starts equal to `common` and learns on top of it; `n_categories` above 0 adds a head for them.

    The maps are held at a spread of one, which changes no cosine, so that one learning rate suits both.
    """

    def __init__(self, common: CommonSpace, n_categories: int = 0) -> None:
        super().__init__()
        self._start = common
        self.word_map, self.word_mean = _spread_one(common.word_map, common.word_mean)
        self.photo_map, self.photo_mean = _spread_one(common.photo_map, common.photo_mean)
        self.log_scale = nn.Parameter(torch.tensor(float(np.log(10.0))))  # of the cosines, CLIP's
        self.head = nn.Linear(common.dim, n_categories) if n_categories else None

    def words(self, rows: Any) -> Tensor:
        """Unit vectors `[n, k]` of word rows `[n, V]` (CSR), in training with some words left out."""
        weights = torch.from_numpy(rows.data.astype(np.float32))
        if self.training:
            weights = weights * (torch.rand(len(weights)) >= WORD_DROP)
        sums = functional.embedding_bag(
            torch.from_numpy(rows.indices.astype(np.int64)),
            self.word_map,
            torch.from_numpy(rows.indptr[:-1].astype(np.int64)),
            mode="sum",
            per_sample_weights=weights,
        )
        return functional.normalize(sums - self.word_mean, dim=1)

    def photos(self, vectors: Tensor) -> Tensor:
        """Unit vectors `[n, k]` of photo vectors `[n, d]`, in training with some numbers left out."""
        seen = functional.dropout(vectors, PHOTO_DROP, self.training)
        return functional.normalize(seen @ self.photo_map - self.photo_mean, dim=1)

    @torch.no_grad()
    def common(self) -> CommonSpace:
        """What has been learned so far."""
        maps = ("word_map", "word_mean", "photo_map", "photo_mean")
        return replace(self._start, **{name: getattr(self, name).detach().numpy().copy() for name in maps})


def _spread_one(weights: Any, mean: Any) -> tuple[nn.Parameter, nn.Parameter]:
    scale = np.float32(1 / max(float(weights.std()), 1e-12))
    return nn.Parameter(torch.from_numpy(weights * scale)), nn.Parameter(torch.from_numpy(mean * scale))
