"""How good groups are, as far as it can be told without labels."""

from __future__ import annotations

import numpy as np

from shelfspace.evaluation.silhouettes import silhouette
from shelfspace.tasks.groups.groups import Groups

_SAMPLE = 10_000  # offers whose silhouette is taken


def group_quality(found: Groups, *, seed: int = 0) -> dict[str, float | int]:
    """Figures of the finest level: how many groups, how large, and three between 0 and 1 or nearly so.

    `coverage` is the share of the offers that have a group, `silhouette` (−1…1) that of 10,000 of them at
    most by cosine, `stability` the adjusted Rand index of groups of products drawn anew.
    """
    level = found.finest
    sizes = level.sizes
    rows = np.flatnonzero(level.labels >= 0)
    if len(rows) > _SAMPLE:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _SAMPLE, replace=False))
    return {
        "offers": len(level.labels),
        "groups": len(level.ids),
        "smallest": int(sizes.min()) if len(sizes) else 0,
        "largest": int(sizes.max(initial=0)),
        "coverage": float((level.labels >= 0).mean()) if len(level.labels) else 0.0,
        "silhouette": silhouette(found.vectors, level.labels, rows),
        "stability": found.resampled.stability(len(level.ids)),
    }
