"""How a pair stands among all candidates of its two listings, in every shop and within one shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.context import rivals

Columns = dict[str, npt.NDArray[np.float32]]
_CHUNK = 20_000


@dataclass(frozen=True)
class Standing:
    """The candidates of a pool, their scores and each listing's shop as a number `[n]`."""

    pairs: PairRows
    scores: npt.NDArray[np.float32]
    shops: Int64

    def columns(self, pairs: PairRows, scores: npt.NDArray[np.float32]) -> Columns:
        """Margins over the best rival of either side and ranks among them, float32 `[m]` a column.

        A rival is any other candidate of one of the two; a rival in the shop is one whose other side is of
        the same shop as the pair's: where shops list a thing once, only one of them can be right. `shared
        neighbours` is the cosine of the two lists of candidates.
        """
        columns: dict[str, Any] = {}
        n_shops = int(self.shops.max(initial=0)) + 1
        ends, theirs = (pairs.left, pairs.right), self._both
        for name, mine, all_ in (
            ("", ends, theirs),
            ("shop ", self._in_shops(ends, n_shops), self._in_shops(theirs, n_shops)),
        ):
            found = rivals((*mine, scores), (*all_, self._doubled))
            columns[f"left {name}rank"], columns[f"right {name}rank"] = found.left_rank, found.right_rank
            columns[f"left {name}margin"] = scores - found.left_best
            columns[f"right {name}margin"] = scores - found.right_best
        columns["shared neighbours"] = self._shared(pairs)
        return {name: np.asarray(column, np.float32) for name, column in columns.items()}

    @property
    def _both(self) -> tuple[Int64, Int64]:
        """The candidates once each way round."""
        left, right = self.pairs.left, self.pairs.right
        return np.concatenate([left, right]), np.concatenate([right, left])

    @property
    def _doubled(self) -> npt.NDArray[np.float32]:
        return np.concatenate([self.scores, self.scores])

    def _in_shops(self, ends: tuple[Int64, Int64], n_shops: int) -> tuple[Int64, Int64]:
        """The ends of pairs as numbers of (listing, shop of the other end)."""
        left, right = ends
        return left * n_shops + self.shops[right], right * n_shops + self.shops[left]

    def _shared(self, pairs: PairRows) -> npt.NDArray[np.float32]:
        n = len(self.shops)
        weights = sp.csr_array((self._doubled**2, self._both), shape=(n, n)) + sp.eye_array(n, format="csr")
        lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
        rows = (sp.diags_array(1 / np.maximum(lengths, 1e-12)) @ weights).tocsr()
        shared = np.zeros(len(pairs), np.float32)
        for start in range(0, len(pairs), _CHUNK):
            part = slice(start, start + _CHUNK)
            common = rows[pairs.left[part]].multiply(rows[pairs.right[part]])
            shared[part] = np.asarray(common.sum(axis=1)).ravel()
        return shared
