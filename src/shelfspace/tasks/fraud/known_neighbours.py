"""What is known of an account's neighbours: columns that never hold the account's own label."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.data.accounts import FRAUD, UNKNOWN
from shelfspace.encoders.graph.network import averaging

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]

_FAR = 0.05  # how much knowledge two steps away counts as one known account


def known_neighbours(network: Any, labels: Int64) -> dict[str, Float32]:
    """Named columns [n] from the `labels` [n] of neighbours: the share of known frauds among known ones, how
    many of both, as log(1 + count), and the share two steps away.

    Shares are drawn towards that of all labels as one known neighbour would. Walks of two steps that return
    are taken out, so that an account's own label moves none of its columns but for that common share.
    """
    known = (labels != UNKNOWN).astype(np.float64)
    fraud = (labels == FRAUD).astype(np.float64)
    share = fraud.sum() / max(1.0, known.sum())
    around, frauds = network @ known, network @ fraud
    step = averaging(network).astype(np.float64)
    returns = np.asarray(step.multiply(step.T).sum(axis=1))
    far, far_frauds = (np.maximum(step @ (step @ each) - returns * each, 0) for each in (known, fraud))
    columns = {
        "known fraud among neighbours": (frauds + share) / (around + 1),
        "known frauds around": np.log1p(frauds),
        "known neighbours": np.log1p(around),
        "known fraud two steps away": (far_frauds + _FAR * share) / (far + _FAR),
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}
