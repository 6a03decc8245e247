"""Which categories things are of, and in which mix users take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse


def category_shares(categories: Sequence[str | Sequence[str] | None]) -> Any:
    """Which categories an item is of: `[n_items, n_categories]` sparse float32, each row's sum 1.

    An item of several categories is shared among them, one of none (None or empty) has a row of zeros.
    Categories are numbered in alphabetical order.
    """
    named = [(item,) if isinstance(item, str) else tuple(dict.fromkeys(item or ())) for item in categories]
    number = {name: i for i, name in enumerate(sorted({name for names in named for name in names}))}
    starts = np.cumsum([0, *map(len, named)])
    columns = np.array([number[name] for names in named for name in names], np.int64)
    values = np.array([1 / len(names) for names in named for _ in names], np.float32)
    return scipy.sparse.csr_array((values, columns, starts), shape=(len(named), len(number)))


def mixes(taken: Any, shares: Any) -> npt.NDArray[np.float64]:
    """Each user's mix of categories, `[n, n_categories]`, rows that sum to 1, or zeros where none is known.

    `taken` is sparse `[n, n_items]`, how much each item counts; `shares` as of `category_shares`.
    """
    found = np.asarray((taken @ shares).toarray(), np.float64)
    total = found.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(found, total, out=np.zeros_like(found), where=total > 0), np.float64)
