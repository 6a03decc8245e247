"""An image network with all that it needs only while it learns: class heads, a projection, a slow target."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from shelfspace.encoders.image.decoder import Decoder
from shelfspace.encoders.image.network import ImageNetwork, Projection
from shelfspace.objectives.queue import Queue, push

_HIDDEN, _DIM = 512, 128
_QUEUE = 4096
_JUDGE = 64


class PhotoLearner(nn.Module):
    """`network` with a linear head for each of `classes` (name to number), and the parts contrast asks for.

    `projected` adds a projection, `predicted` a prediction on top of it, `targeted` a slow copy of network
    and projection (the momentum encoder) that no gradient moves. `taught` is the length of the vectors of a
    teacher that the features must tell. `decoded` adds a decoder from features to pixels, `domains` a judge
    between so many domains. `queue` is the state that MoCo keeps; `pixels` is what every look goes through
    on its way to the network, for what moves looks.
    """

    queued: Tensor
    queued_places: Tensor

    def __init__(
        self,
        network: ImageNetwork,
        classes: Mapping[str, int],
        *,
        projected: bool = False,
        predicted: bool = False,
        targeted: bool = False,
        last_norm: bool = False,
        taught: int = 0,
        decoded: bool = False,
        domains: int = 0,
    ) -> None:
        super().__init__()
        dim = _DIM
        self.network = network
        self.columns = tuple(classes)
        self.heads = nn.ModuleList(nn.Linear(network.dim, n) for n in classes.values())
        self.projection: nn.Module = nn.Identity()
        if projected:
            self.projection = Projection(network.dim, dim, _HIDDEN, last_norm=last_norm)
        self.prediction: nn.Module = Projection(dim, dim, _HIDDEN // 2) if predicted else nn.Identity()
        self.description: nn.Module = nn.Linear(network.dim, taught) if taught else nn.Identity()
        # As buffers, so that a checkpoint holds them.
        self.register_buffer("queued", Queue.empty(_QUEUE if predicted and targeted else 1, dim).vectors)
        self.register_buffer("queued_places", torch.zeros(2, dtype=torch.int64))
        self.target: nn.Module | None = None
        if targeted:
            self.target = nn.Sequential(copy.deepcopy(network), copy.deepcopy(self.projection))
            self.target.requires_grad_(False)
        self.pixels = nn.Identity()
        self.decoder: nn.Module = nn.Identity()
        if decoded:
            self.decoder = Decoder(network.dim, 2 ** len(network.shape.widths))
        self.domain_judge: nn.Module = nn.Identity()
        if domains > 1:
            # Without normalisation: it would undo what brings the domains nearer.
            layers = nn.Linear(network.dim, _JUDGE), nn.ReLU(), nn.Linear(_JUDGE, domains)
            self.domain_judge = nn.Sequential(*layers)

    def forward(self, photos: Tensor) -> Tensor:
        """The projected vectors [n, dim] of photos [n, 3, s, s]."""
        vectors: Tensor = self.projection(self.network(photos))
        return vectors

    def logits(self, features: Tensor) -> dict[str, Tensor]:
        """What each head makes of features [n, width]: float32 [n, classes] by column."""
        return {name: head(features).float() for name, head in zip(self.columns, self.heads, strict=True)}

    @torch.no_grad()
    def targets(self, photos: Tensor) -> Tensor:
        """What the slow copy makes of photos: [n, dim]."""
        assert self.target is not None
        vectors: Tensor = self.target(photos)
        return vectors

    @torch.no_grad()
    def follow(self, momentum: float) -> None:
        """Move the slow copy towards the network: the share 1 − `momentum` of the way.

        Equation 2 of He et al. 2020. Running means and spreads are the copy's own.
        """
        assert self.target is not None
        leaders = [*self.network.parameters(), *self.projection.parameters()]
        for slow, quick in zip(self.target.parameters(), leaders, strict=True):
            slow.lerp_(quick, 1 - momentum)

    @property
    def queue(self) -> Queue:
        """The negatives of steps gone by."""
        filled, position = self.queued_places.tolist()
        return Queue(self.queued, filled, position)

    def enqueue(self, keys: Tensor) -> None:
        """Keep `keys` [n, dim] as negatives of steps to come."""
        queue = push(self.queue, keys)
        self.queued = queue.vectors
        self.queued_places = torch.tensor([queue.filled, queue.position], device=queue.vectors.device)
