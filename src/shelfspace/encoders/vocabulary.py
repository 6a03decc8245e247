"""The tokens a catalogue has taught: their hashes, how common each is, and what that makes them worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.tokens import Kind, UInt64

#: What a token of a kind is worth beside its IDF: a shared model code tells most, n-grams repeat each other.
KIND_WEIGHTS = np.array([1.0, 1.5, 0.7, 0.7, 0.5], np.float32)
N_KINDS = len(Kind)
N_VECTORS = 1 << 17  # tokens with a vector of their own; the rarer ones share hashed vectors
N_SHARED_VECTORS = 1 << 16

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Vocabulary:
    """The V tokens seen in at least two of `n_texts` texts, sorted by hash.

    A token is known by its number 0…V-1; one that was not seen twice is V + its kind, since what it is worth
    can only be judged by its kind. `count` [V] says in how many texts a token occurs.
    """

    hash: UInt64
    kind: npt.NDArray[np.int8]
    count: Int32
    n_texts: int

    @classmethod
    def fit(cls, parts: Iterable[tuple[UInt64, npt.NDArray[np.int8]]], n_texts: int) -> Vocabulary:
        """The vocabulary of token occurrences, part by part; no part holds a token of a text twice."""
        hashes, kinds, counts = [], [], []
        for part_hash, part_kind in parts:
            order = np.lexsort((part_kind, part_hash))
            distinct, first, count = np.unique(part_hash[order], return_index=True, return_counts=True)
            hashes.append(distinct)
            kinds.append(part_kind[order][first])
            counts.append(count)
        if not hashes:
            return cls(np.empty(0, np.uint64), np.empty(0, np.int8), np.empty(0, np.int32), n_texts)
        everything, kind, count = np.concatenate(hashes), np.concatenate(kinds), np.concatenate(counts)
        order = np.lexsort((kind, everything))
        distinct, first = np.unique(everything[order], return_index=True)
        total = np.add.reduceat(count[order], first)
        kept = total >= 2
        return cls(distinct[kept], kind[order][first][kept], total[kept].astype(np.int32), n_texts)

    def __len__(self) -> int:
        return len(self.hash)

    def lookup(self, hashes: UInt64, kinds: npt.NDArray[np.int8]) -> Int32:
        """The number of each token: 0…V-1 where it is known, V + its kind where not."""
        if len(self) == 0:
            return kinds.astype(np.int32)
        place = np.minimum(np.searchsorted(self.hash, hashes), len(self) - 1)
        known = self.hash[place] == hashes
        return np.where(known, place, len(self) + kinds.astype(np.int32)).astype(np.int32)

    @cached_property
    def kinds(self) -> npt.NDArray[np.int8]:
        """The kind of every token number `[V + N_KINDS]`."""
        return np.concatenate([self.kind, np.arange(N_KINDS, dtype=np.int8)])

    @cached_property
    def idf(self) -> Float32:
        """log(1 + texts / texts with the token) of every token number `[V + N_KINDS]`."""
        counts = np.concatenate([self.count, np.ones(N_KINDS, np.int32)])
        return np.log1p(max(self.n_texts, 1) / counts).astype(np.float32)

    @cached_property
    def vector_rows(self) -> Int32:
        """Which vector each known token `[V]` has: its own for the commoner ones, -1 for a shared one."""
        rows = np.full(len(self), -1, np.int32)
        own = np.argsort(-self.count, kind="stable")[:N_VECTORS]
        rows[own] = np.arange(len(own), dtype=np.int32)
        return rows

    @property
    def n_own_vectors(self) -> int:
        """How many tokens have a vector of their own."""
        return min(len(self), N_VECTORS)

    def closed_form_weights(self) -> Float32:
        """The untrained log weight of every token number: IDF times the weight of its kind."""
        return np.asarray(np.log(self.idf * KIND_WEIGHTS[self.kinds]), np.float32)


def token_features(vocabulary: Vocabulary) -> Float32:
    """Each token number's kind, how rare it is, and both together: float32 `[V + kinds, features]`."""
    kind = np.eye(N_KINDS, dtype=np.float32)[vocabulary.kinds]
    rarity = vocabulary.idf / np.log1p(max(vocabulary.n_texts, 1))
    return np.hstack([kind, rarity[:, None], rarity[:, None] ** 2, kind * rarity[:, None]]).astype(np.float32)
