"""What stands around an account: its neighbours' features beside its own, and the shape of its network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.graph.network import averaging, triangles

Float32 = npt.NDArray[np.float32]

_MOST_COLUMNS = 64


def surroundings(features: npt.NDArray[Any], columns: Sequence[str], network: Any) -> dict[str, Float32]:
    """Named columns [n]: the account's own features, its neighbours' mean, spread and highest, the mean two
    steps away, the difference to the neighbours' mean, and the counts of `shape`.

    `features` are [n, d] under the names `columns`, `network` is an `adjacency`. Of accounts without
    neighbours the neighbours' features are 0, and `degree` tells them apart. Where d exceeds 64, neighbours
    are described by the 64 columns that vary most.
    """
    own = np.asarray(features, np.float32)
    found = {name: own[:, place] for place, name in enumerate(columns)}
    chosen = np.sort(np.argsort(-own.var(axis=0), kind="stable")[:_MOST_COLUMNS])
    own, names = own[:, chosen], [columns[place] for place in chosen]
    mean_of = averaging(network)
    mean = mean_of @ own
    looks = {
        "neighbours' mean {}": mean,
        "neighbours' spread {}": np.sqrt(np.maximum(mean_of @ own**2 - mean**2, 0)),
        "neighbours' highest {}": _highest(own, network),
        "mean {} two steps away": mean_of @ mean,
        "{} against neighbours": own - mean,
    }
    for text, values in looks.items():
        found |= {text.format(name): values[:, place] for place, name in enumerate(names)}
    return found | shape(network)


def shape(network: Any) -> dict[str, Float32]:
    """Named columns [n]: degree, triangles, density, neighbours' mean degree; counts as log(1 + count)."""
    degrees = np.asarray(network.sum(axis=1), np.float64)
    corners = triangles(network)
    columns = {
        "degree": np.log1p(degrees),
        "triangles": np.log1p(corners),
        "density": corners / np.maximum(degrees * (degrees - 1) / 2, 1),
        "neighbours' degree": np.log1p(averaging(network) @ degrees),
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}


def _highest(own: Float32, network: Any) -> Float32:
    """The highest of each feature among the neighbours; 0 without any."""
    highest = np.zeros_like(own)
    with_any = np.flatnonzero(np.diff(network.indptr))
    if len(with_any):
        highest[with_any] = np.maximum.reduceat(own[network.indices], network.indptr[with_any], axis=0)
    return highest
