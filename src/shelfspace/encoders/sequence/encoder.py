"""Histories as vectors whose products with the items' vectors say what comes next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence.network import SequenceNetwork, SequenceShape
from shelfspace.encoders.sequence.steps import steps_of
from shelfspace.encoders.transformer import in_bfloat16
from shelfspace.errors import OptionError, SpaceError

Float32 = npt.NDArray[np.float32]

_TOKENS = 16_384  # steps encoded at once, some tens of megabytes


@dataclass(frozen=True)
class SequenceEncoder:
    """A taught `network` and the weights that events of each kind bear, `kinds`, or None."""

    network: SequenceNetwork
    kinds: Float32 | None = None

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return self.network.shape.dim

    @property
    def n_items(self) -> int:
        """The number of items."""
        return self.network.items.ids.num_embeddings

    def encode(self, histories: Interactions) -> Float32:
        """The state [n, dim] after each history's last event, float32, not normalised; zero for an empty one.

        Its product with an item's vector is the logarithm of the item's chance to come next, up to a constant
        of the history. Raises `OptionError` for items of another catalogue.
        """
        if histories.n_items != self.n_items:
            raise OptionError(
                f"The histories are of {histories.n_items} items, the encoder of {self.n_items}.",
                "Both are rows of one catalogue.",
                "Number the items as in training.",
            )
        vectors = np.zeros((histories.n_users, self.dim), np.float32)
        lengths = np.minimum(histories.lengths, self.network.shape.window)
        order = np.argsort(lengths, kind="stable")
        order = order[lengths[order] > 0]
        self.network.eval()
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=in_bfloat16("cpu", "auto")):
            while len(order):
                # The longest last: as many as fit beside it.
                size = max(1, _TOKENS // int(lengths[order[-1]]))
                rows, order = order[-size:], order[:-size]
                vectors[rows] = self._states(histories.take(rows))
        return vectors

    def item_vectors(self) -> Float32:
        """The vectors of all items, [n_items, dim], float32, not normalised."""
        self.network.eval()
        with torch.no_grad():
            return np.ascontiguousarray(self.network.items().float().numpy())

    def with_products(self, products: npt.NDArray[np.floating]) -> SequenceEncoder:
        """This encoder over more items: behind those it knows come new ones with product vectors [m, p].

        Raises `OptionError` where it was taught without product vectors, or with others.
        """
        known = self.network.items.products
        if known is None or products.ndim != 2 or known.shape[1] != products.shape[1]:
            raise OptionError(
                f"New items come with product vectors of the shape {products.shape}.",
                "The encoder was taught "
                + ("without any." if known is None else f"with vectors of {known.shape[1]} numbers."),
                "Encode the new products as those in training were, or teach it with product vectors.",
            )
        joined = torch.cat([known, torch.from_numpy(np.asarray(products, np.float32))])
        wider = SequenceNetwork(self.network.shape, len(joined), joined)
        weights = dict(self.network.state_dict())
        ids = weights["items.ids.weight"]
        weights["items.ids.weight"] = torch.cat([ids, ids.new_zeros(len(products), ids.shape[1])])
        wider.load_state_dict({**weights, "items.products": joined})
        return SequenceEncoder(wider, self.kinds)

    def _states(self, histories: Interactions) -> Float32:
        shape = self.network.shape
        steps = steps_of(histories, shape.window, gaps=shape.gaps, kinds=self.kinds)
        return np.asarray(steps.last(self.network(steps)).float().numpy(), np.float32)

    def save(self, folder: Path) -> None:
        """Write `sequence.safetensors` and `sequence.json` into `folder`, made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: weight.contiguous() for name, weight in self.network.state_dict().items()}
        save_file(weights, folder / "sequence.safetensors")
        settings = {
            "shape": self.network.shape.plain(),
            "n_items": self.n_items,
            "kinds": None if self.kinds is None else self.kinds.tolist(),
        }
        (folder / "sequence.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> SequenceEncoder:
        """The encoder that `save` wrote; `SpaceError` where its files are missing or damaged."""
        try:
            settings = json.loads((folder / "sequence.json").read_text(encoding="utf-8"))
            weights = load_file(folder / "sequence.safetensors")
            shape, kinds = SequenceShape(**settings["shape"]), settings["kinds"]
            network = SequenceNetwork(shape, settings["n_items"], weights.get("items.products"))
            network.load_state_dict(weights)
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            RuntimeError,
            SafetensorError,
            OptionError,
        ) as damage:
            raise SpaceError(
                f"The sequence encoder in {folder} cannot be read: {str(damage).splitlines()[0][:200]}.",
                "It needs sequence.json and the sequence.safetensors that was saved with it.",
                "The space is damaged: roll back to an earlier version or fit again.",
            ) from damage
        return cls(network, None if kinds is None else np.asarray(kinds, np.float32))
