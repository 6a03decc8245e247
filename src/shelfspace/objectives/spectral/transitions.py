"""Which item follows which: the co-occurrence of sequences, whose factors are their closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError


def followed_by(taken: Interactions, *, window: int = 10, fading: float = 0.5, crowding: float = 0.0) -> Any:
    """A CSR array float32 [n_items, n_items]: entry (a, b) says how often b came after a, near ones more.

    The sum over all pairs of events of one user, d ≤ `window` apart, of d^−`fading` · (the user's number of
    events)^−`crowding`. An item that came again stands on the diagonal. The cost grows with events times
    window, not with the square of a long history. Without any pair: all zero. Raises `OptionError` for
    `window` < 1.

    >>> followed_by(Interactions.of_rows([0, 0, 0], [2, 0, 1], n_users=1, n_items=3)).toarray()[2].round(2)
    array([1.  , 0.71, 0.  ], dtype=float32)
    """
    if window < 1:
        raise OptionError(f"window is {window}.", "It is at least 1.", "10 is usual.")
    n, users, items = taken.n_items, taken.users, taken.items
    share = np.maximum(taken.lengths, 1).astype(np.float64)[users] ** -crowding
    total = sparse.csr_array((n, n), dtype=np.float32)
    for distance in range(1, min(window, int(taken.lengths.max(initial=0)) - 1) + 1):
        places = np.flatnonzero(users[:-distance] == users[distance:])
        weights = (share[places] * distance**-fading).astype(np.float32)
        cells = (weights, (items[places], items[places + distance]))
        total = total + sparse.csr_array(cells, shape=(n, n))
    return total
