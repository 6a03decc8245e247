"""Names of clusters that stay: a cluster is named after the product that it began with."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import numpy as np
import numpy.typing as npt
import polars as pl

_LENGTH = 12


def named(labels: npt.NDArray[np.int64], keys: pl.DataFrame, before: list[str | None]) -> list[str]:
    """The id of each row's cluster `[n]`.

    `before` `[n]` are the ids that the rows had, None for new ones; `keys` their shop and id. A cluster keeps
    the id that most of its rows had, unless another cluster has more rows of that id; of equals the one with
    the lowest row. One without such an id is named after its lowest row. So where nothing changes, no id
    does, and an id is never given to another product's cluster in the same clustering.
    """
    founders = _kept(labels, before)
    used = set(founders.values()) | {old for old in before if old is not None}
    rows = keys.select("shop", "id").rows()
    first: dict[int, int] = {}
    for row, label in enumerate(labels.tolist()):
        first.setdefault(label, row)
    for label, row in first.items():
        if label not in founders:
            founders[label] = _new(rows[row], used)
            used.add(founders[label])
    return [founders[label] for label in labels.tolist()]


def _kept(labels: npt.NDArray[np.int64], before: list[str | None]) -> dict[int, str]:
    """Which cluster keeps which id."""
    overlaps: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], int] = {}
    for row, (label, old) in enumerate(zip(labels.tolist(), before, strict=True)):
        if old is not None:
            overlaps[label, old] += 1
            first.setdefault((label, old), row)
    kept: dict[int, str] = {}
    given: set[str] = set()
    for label, old in sorted(overlaps, key=lambda both: (-overlaps[both], first[both])):
        if label not in kept and old not in given:
            kept[label] = old
            given.add(old)
    return kept


def _new(key: tuple[str, str], used: set[str]) -> str:
    """An id made of the key, so that the same products get the same ids; another one where it is taken."""
    text = json.dumps(key, ensure_ascii=False)
    for number in range(1_000_000):
        digest = "c" + hashlib.sha256(f"{text}{number or ''}".encode()).hexdigest()[:_LENGTH]
        if digest not in used:
            return digest
    raise AssertionError("a million ids of one product are taken")  # pragma: no cover
