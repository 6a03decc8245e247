"""Known products: what listings confirmed to be one product say about a pair of other listings.

A ridge regression from the wording onto the products, one column a product, is the closed form of supervised
contrast: the more two listings' scores agree, over all products, the likelier they are one. It has a closed
form with listings left out, too. So each labelled pair is scored by what is known without its own two
listings, as a new pair will be; and once more as if nobody knew its products, for new products come in as
well: who learns from the first alone learns products by heart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.signals import score_pairs

Columns = dict[str, npt.NDArray[np.float32]]
Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_RIDGE = 0.1
_SHARPNESS = 12.0  # of the softmax that turns scores into a share of each product
_FEWEST = 3  # listings of a product: a pair's own two are left out, and one must remain to know it by
_MOST = 6_000  # known listings: the closed form costs their cube, some ten seconds
_CHUNK = 2_000  # pairs scored at once, a number for each product and side


@dataclass(frozen=True)
class KnownProducts:
    """The known listings and the ridge regression from their wording onto the products they are.

    `product` int64 `[n]` numbers the product of each catalogue row, -1 where it is not known; `rows` `[k]`
    are the known ones, `inverse` float64 `[k, k]` that of their cosines plus the ridge, and `weights`
    `[k, p]` the inverse times their memberships. `wording` are the unit rows of all listings.
    """

    product: Int64
    rows: Int64
    inverse: Float64
    weights: Float64
    wording: Any

    @classmethod
    def of(cls, matches: PairRows, wording: Any) -> KnownProducts | None:
        """The products that `matches` tie together, matches of matches included.

        None where most of them have fewer than three listings, so that nothing is left to know them by when a
        pair's own two are set aside, and where more than 6,000 listings are known.
        """
        product = products_of(matches, wording.shape[0])
        rows = np.flatnonzero(product >= 0)
        if not 0 < len(rows) <= _MOST or np.median(np.bincount(product[rows])) < _FEWEST:
            return None
        cosines = np.asarray((wording[rows] @ wording[rows].T).toarray(), np.float64)
        cosines[np.diag_indices(len(rows))] += _RIDGE
        inverse = np.asarray(np.linalg.inv(cosines), np.float64)
        memberships = np.zeros((len(rows), int(product.max()) + 1))
        memberships[np.arange(len(rows)), product[rows]] = 1
        return cls(product, rows, inverse, inverse @ memberships, wording)

    def columns(self, pairs: PairRows, forgotten: Bools | None = None) -> Columns:
        """How alike the two listings of each pair stand to the known products: float32 `[m]` a column.

        What is known of a pair's own two listings is left out, and where `forgotten` bool `[m, 2]` holds so
        is everything known of the product of its left or of its right listing. Some 100 microseconds a pair
        that has anything to be left out.
        """
        if forgotten is None:
            forgotten = np.zeros((len(pairs), 2), np.bool_)
        parts = []
        for start in range(0, max(len(pairs), 1), _CHUNK):
            part = slice(start, start + _CHUNK)
            parts.append(self._chunk(pairs.take(part), forgotten[part]))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def forgetting(self, pairs: PairRows, seed: int) -> Bools:
        """Which products of each pair to forget, the left, the right or both at random: bool `[m, 2]`.

        Two listings of one known product forget it together.
        """
        drawn = np.random.default_rng(seed).integers(1, 4, len(pairs))
        one, other = self.product[pairs.left], self.product[pairs.right]
        drawn[(one == other) & (one >= 0)] = 3
        return np.column_stack([drawn & 1, drawn & 2]) > 0

    def _chunk(self, pairs: PairRows, forgotten: Bools) -> Columns:
        rows, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
        cosines = np.asarray((self.wording[rows] @ self.wording[self.rows].T).toarray(), np.float64)
        sides = places[: len(pairs)], places[len(pairs) :]
        near = [cosines[side] for side in sides]
        scores = [(cosines @ self.weights)[side] for side in sides]
        for pair, left_out in self._left_out(pairs, forgotten):
            known = self.inverse[left_out]
            change = np.linalg.solve(known[:, left_out], self.weights[left_out])
            for side in (0, 1):
                scores[side][pair] -= (known @ near[side][pair]) @ change
                near[side][pair, left_out] = 0
        own = score_pairs(self.wording, pairs)
        margins = [own - nearest.max(axis=1, initial=0) for nearest in near]
        return _agreement(*scores) | _both("known products margin", *margins)

    def _left_out(self, pairs: PairRows, forgotten: Bools) -> Iterator[tuple[int, Int64]]:
        """The pairs that have anything known to be left out, and the places of those listings in `rows`."""
        members = _members(self.product[self.rows])
        for pair, (one, other) in enumerate(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)):
            places = set()
            for row, all_of_it in ((one, forgotten[pair, 0]), (other, forgotten[pair, 1])):
                product = self.product[row]
                if product >= 0 and all_of_it:
                    places.update(members[product].tolist())
                elif product >= 0:
                    places.add(int(np.searchsorted(self.rows, row)))
            if places:
                yield pair, np.array(sorted(places), np.int64)


def products_of(matches: PairRows, n: int) -> Int64:
    """The number of each row's product, int64 `[n]`: rows tied by matches, however far, share one.

    -1 for rows without a match; numbers run from 0.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(matches)), (matches.left, matches.right)), shape=(n, n))
    component = connected_components(graph, directed=False)[1]
    product = np.full(n, -1, np.int64)
    rows = np.unique(np.concatenate([matches.left, matches.right])).astype(np.int64)
    product[rows] = np.unique(component[rows], return_inverse=True)[1]
    return product


def _members(product: Int64) -> list[Int64]:
    order = np.argsort(product, kind="stable")
    return np.split(order, np.cumsum(np.bincount(product))[:-1])


def _agreement(left: Float64, right: Float64) -> Columns:
    """How scores `[m, p]` for the same products agree; a column that has no sides is symmetric in them."""
    at = np.arange(len(left))
    inner = (left * right).sum(axis=1)
    lengths = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    best = left.argmax(axis=1), right.argmax(axis=1)
    columns: dict[str, Any] = {
        "known products alike": inner / np.maximum(lengths, 1e-12),
        "known products in common": inner,
        "known products chance": (_shares(left) * _shares(right)).sum(axis=1),
        "known products shared": np.minimum(left, right).max(axis=1),
        "known products the same": (best[0] == best[1]).astype(np.float64),
    }
    top = left[at, best[0]], right[at, best[1]]
    across = left[at, best[1]], right[at, best[0]]
    columns |= _both("known products near", *top)
    columns |= _both("known products lead", top[0] - _second(left), top[1] - _second(right))
    columns |= _both("known products cross", *across)
    columns |= _both("known products gap", top[0] - across[0], top[1] - across[1])
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}


def _both(name: str, one: Float64, other: Float64) -> Columns:
    """The lesser and the greater of the two sides' figures."""
    return {
        f"{name} lesser": np.minimum(one, other).astype(np.float32),
        f"{name} greater": np.maximum(one, other).astype(np.float32),
    }


def _second(scores: Float64) -> Float64:
    """The second best score of each row; 0 where there is one product only."""
    return np.partition(scores, -2, axis=1)[:, -2] if scores.shape[1] > 1 else np.zeros(len(scores))


def _shares(scores: Float64) -> Float64:
    """The softmax of the scores: each product's share."""
    powers = np.exp(_SHARPNESS * (scores - scores.max(axis=1, keepdims=True)))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)
