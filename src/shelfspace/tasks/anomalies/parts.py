"""The parts that a verdict is mixed of: each looks at a photo in its own way and says how strange it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from shelfspace.tasks.anomalies.damage_network import DamageNetwork, Seen
from shelfspace.tasks.anomalies.layout import Layout, learn_layout
from shelfspace.tasks.anomalies.memory import PatchMemory, remember
from shelfspace.tasks.anomalies.patches import Patches, filter_patches, map_patches
from shelfspace.tasks.anomalies.textures import Evened, evened

Photo = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]

#: Those that need no training: patches and whole photos against good ones.
CLOSED = ("filter_memory", "layout")
#: What the network adds: a memory of its features; its map's highest places and all high ones; its verdict.
LEARNED = ("network_memory", "peak", "spread", "whole")
PARTS = (*CLOSED, *LEARNED)
_FEW = 10  # places
_TOP_SHARE = 100  # a hundredth of the places
_WIDE = 10


@dataclass(frozen=True)
class Look:
    """One photo looked at: each part's score, higher is stranger, and the maps of those that have one."""

    scores: dict[str, float]
    maps: dict[str, Map]


@dataclass(frozen=True)
class Eyes:
    """What is known of good photos: two patch memories, the usual layout, and the network."""

    network: DamageNetwork
    filtered: PatchMemory
    learned: PatchMemory
    layout: Layout

    def look(self, photo: Photo) -> Look:
        """Every part's score and map of a photo uint8 [h, w, 3]."""
        even = evened(photo)
        patches, seen = filter_patches(even), _seen(self.network, even)
        maps = {
            "filter_memory": _strange(patches, self.filtered),
            "network_memory": _strange(map_patches(seen.middle), self.learned),
            "peak": seen.map[0, 0].float().numpy(),
        }
        high = maps["peak"]
        scores = {
            "filter_memory": _top(maps["filter_memory"]),
            "layout": self.layout.strangeness(patches),
            "network_memory": _top(maps["network_memory"]),
            "peak": _top(high, places=_FEW),
            "spread": _top(high, places=high.size // _WIDE),
            "whole": float(seen.image[0]),
        }
        return Look(scores, maps)


def open_eyes(photos: Sequence[Photo], network: DamageNetwork, *, seed: int = 0) -> Eyes:
    """The memories and the layout of good photos, beside a network that has learned from them."""
    evens = [evened(photo) for photo in photos]
    filtered = [filter_patches(even) for even in evens]
    learned = [map_patches(_seen(network, even).middle) for even in evens]
    return Eyes(
        network,
        remember([patches.rows for patches in filtered], seed=seed),
        remember([patches.rows for patches in learned], seed=seed),
        learn_layout(filtered),
    )


def _seen(network: DamageNetwork, even: Evened) -> Seen:
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        seen: Seen = network(torch.from_numpy(even)[None].contiguous(memory_format=torch.channels_last))
    return seen


def _strange(patches: Patches, memory: PatchMemory) -> Map:
    """How strange each patch is, on a logarithmic scale: distances of good patches are skewed."""
    return np.asarray(np.log(memory.strangeness(patches.rows) + 1e-3), np.float32).reshape(patches.shape)


def _top(values: Map, places: int | None = None) -> float:
    """The mean of the highest places of a map: of so many, or of a hundredth of them."""
    k = min(values.size, places or max(1, values.size // _TOP_SHARE))
    return float(np.partition(values, values.size - k, axis=None)[-k:].mean())
