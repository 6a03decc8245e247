"""A queue of past vectors that serve as further negatives, as explicit state."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from shelfspace.errors import OptionError


@dataclass(frozen=True)
class Queue:
    """The newest `filled` of at most q vectors: `vectors` [q, d]; `position` is where the next one goes.

    He et al. 2020 (MoCo), section 3.2. It never changes: `push` gives back another one.

    >>> queue = push(Queue.empty(3, 2), torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    >>> queue.held.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    vectors: Tensor
    filled: int = 0
    position: int = 0

    @classmethod
    def empty(
        cls, size: int, dim: int, *, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
    ) -> Queue:
        """A queue with room for `size` vectors; `OptionError` for a size or dim below 1."""
        if size < 1 or dim < 1:
            raise OptionError(f"The queue is {size} × {dim}.", "Both are at least 1.", "Mend them.")
        return cls(torch.zeros(size, dim, device=device, dtype=dtype))

    @property
    def held(self) -> Tensor:
        """The vectors in it, [filled, d], in no particular order."""
        return self.vectors[: self.filled]


def push(queue: Queue, vectors: Tensor) -> Queue:
    """The queue after `vectors` [n, d] came in and the oldest left; their gradients are cut.

    Of more vectors than it has room for, the last ones stay. None leave it as it is.
    Raises `OptionError` where d differs.
    """
    size, dim = queue.vectors.shape
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        raise OptionError(
            f"The vectors have the shape {tuple(vectors.shape)}.",
            f"The queue takes [n, {dim}].",
            "Match them.",
        )
    newest = vectors.detach()[-size:]
    places = (queue.position + torch.arange(len(newest), device=queue.vectors.device)) % size
    stored = queue.vectors.clone()
    stored[places] = newest.to(stored.dtype)
    filled = min(size, queue.filled + len(newest))
    return Queue(stored, filled, (queue.position + len(newest)) % size)
