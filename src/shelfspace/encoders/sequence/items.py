"""The vectors of items: what was learned of each, and what its product vector says."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ItemTower(nn.Module):
    """v = id vector + product vector × reading, [n_items, dim].

    An item nobody has taken yet has a zero id vector, so its product vector alone says where it belongs.
    That this makes sense is learned by leaving out id vectors now and then (`forgetting`, a share).
    `products` [n_items, p] may be None: then items are known by their ids alone.
    """

    products: Tensor | None

    def __init__(
        self, n_items: int, dim: int, products: Tensor | None = None, forgetting: float = 0.1
    ) -> None:
        super().__init__()
        self.ids = nn.Embedding(n_items, dim)
        self.register_buffer("products", products)
        self.reading = None if products is None else nn.Linear(products.shape[1], dim, bias=False)
        self.forgetting = forgetting if products is not None else 0.0

    def forward(self, rows: Tensor | None = None) -> Tensor:
        """The vectors of the items at `rows`, of any shape [...], or of all: [..., dim]."""
        vectors: Tensor = self.ids.weight if rows is None else self.ids(rows)
        if self.products is None or self.reading is None:
            return vectors
        if self.training and self.forgetting:
            kept = torch.rand(vectors.shape[:-1], device=vectors.device) >= self.forgetting
            vectors = vectors * kept[..., None]
        read: Tensor = self.reading(self.products if rows is None else self.products[rows])
        return vectors + read

    def start_from(self, vectors: Tensor) -> None:
        """Begin with `vectors` [n_items, dim], zero rows unknown: as much as can be is read off the products.

        The reading is the ridge regression of the known vectors on their products, the id vectors what that
        leaves; an unknown item keeps the zero id vector.
        """
        known = vectors.abs().amax(dim=1) > 0
        with torch.no_grad():
            rest = vectors
            if self.products is not None and self.reading is not None:
                x, y = self.products[known].double(), vectors[known].double()
                gram = x.T @ x
                ridge = 10.0 * gram.diagonal().mean().clamp_min(1e-12) * len(gram) / max(len(x), 1)
                weights = torch.linalg.solve(gram + (ridge + 1e-6) * torch.eye(len(gram)), x.T @ y)
                self.reading.weight.copy_(weights.T)
                rest = vectors - self.products @ weights.float()
            self.ids.weight.copy_(rest * known[:, None])
