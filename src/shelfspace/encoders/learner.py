"""The static encoder as a module that learns: what tokens are worth, and where their vectors point."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from shelfspace.encoders.bags import Bags
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.vocabulary import token_features

_HIDDEN = 32


class StaticTextLearner(nn.Module):
    """Starts equal to `encoder` and learns on top of it.

    log w_t = start_t + gate(features of t) + offset_t: the gate carries over to tokens never trained on (all
    model codes, all rare words), the offsets learn single tokens. `vectors` move with sparse gradients.
    """

    def __init__(self, encoder: StaticTextEncoder) -> None:
        super().__init__()
        self._start_encoder = encoder
        self.start: Tensor
        self.features: Tensor
        self.register_buffer("start", torch.from_numpy(encoder.log_weights.copy()), persistent=False)
        features = torch.from_numpy(token_features(encoder.vocabulary))
        self.register_buffer("features", features, persistent=False)
        first, last = nn.Linear(self.features.shape[1], _HIDDEN), nn.Linear(_HIDDEN, 1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.gate = nn.Sequential(first, nn.GELU(), last)
        self.offset = nn.Parameter(torch.zeros(len(encoder.log_weights)))
        self.log_detail = nn.Parameter(torch.tensor(float(np.log(encoder.detail_weight))))
        vectors = torch.from_numpy(encoder.vectors.copy())
        self.vectors = nn.Embedding(len(vectors), encoder.dim, sparse=True, _weight=vectors)

    def log_weights(self, tokens: Tensor) -> Tensor:
        """The log weight of each token number."""
        gated: Tensor = self.gate(self.features[tokens])
        return self.start[tokens] + gated.squeeze(1) + self.offset[tokens]

    def forward(self, bags: Bags) -> Tensor:
        """Unit vectors `[n, dim]`; an empty bag becomes the zero vector.

        Each distinct token and vector is looked up once, so that its gradient is one row: hand over all the
        listings of a step together.
        """
        tokens, token = np.unique(bags.token, return_inverse=True)
        rows, row = np.unique(bags.vector, return_inverse=True)
        log_weights = self.log_weights(torch.from_numpy(tokens.astype(np.int64)))
        detail = torch.from_numpy(bags.detail.astype(np.float32))
        weights = torch.exp(log_weights[torch.from_numpy(token)] + detail * self.log_detail)
        sums = nn.functional.embedding_bag(
            torch.from_numpy(row),
            self.vectors(torch.from_numpy(rows.astype(np.int64))),
            torch.from_numpy(bags.offsets[:-1].copy()),
            mode="sum",
            per_sample_weights=weights * torch.from_numpy(bags.tf),
        )
        return nn.functional.normalize(sums, dim=1)

    @torch.no_grad()
    def encoder(self) -> StaticTextEncoder:
        """What has been learned so far, as an encoder."""
        n_tokens = len(self.start)
        return StaticTextEncoder(
            self._start_encoder.vocabulary,
            self.log_weights(torch.arange(n_tokens)).numpy().astype(np.float32),
            self.vectors.weight.detach().numpy().copy(),
            float(self.log_detail.exp()),
        )
