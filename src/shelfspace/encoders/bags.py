"""Listings as bags of tokens: the flat arrays that both the vectors and the lexical matrix are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import Int64, UInt64, tokenize
from shelfspace.encoders.vocabulary import N_SHARED_VECTORS, Float32, Int32, Vocabulary

_CHUNK = 20_000  # listings tokenised at once, some hundreds of megabytes; fewer than 2^15

Part = tuple[Int64, UInt64, npt.NDArray[np.int8], Float32, npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Bags:
    """The distinct tokens of n listings; listing i has the entries offsets[i]…offsets[i + 1] - 1.

    `token` int32 `[m]` numbers them in the vocabulary, `vector` int32 `[m]` in the table of vectors, `tf`
    float32 `[m]` is 1 + log(occurrences), and `detail` bool `[m]` says that the token stands in the details
    only.
    """

    offsets: Int64
    token: Int32
    vector: Int32
    tf: Float32
    detail: npt.NDArray[np.bool_]

    @property
    def n(self) -> int:
        """How many listings there are."""
        return len(self.offsets) - 1

    def rows(self) -> Int64:
        """Which listing each entry belongs to `[m]`."""
        return np.repeat(np.arange(self.n), np.diff(self.offsets))

    def take(self, rows: npt.NDArray[np.int64]) -> Bags:
        """The bags of the listings at `rows`, in that order."""
        lengths = np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        entries = np.repeat(self.offsets[rows] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return self._entries(entries, offsets)

    def keep(self, kept: npt.NDArray[np.bool_]) -> Bags:
        """The same listings with only the entries where `kept` `[m]` holds."""
        offsets = np.concatenate([[0], np.cumsum(kept)])[self.offsets]
        return self._entries(np.flatnonzero(kept), offsets)

    def thinned(self, rng: np.random.Generator, tokens: float, details: float) -> Bags:
        """A random look: each token left out with chance `tokens`, a listing's details with `details`."""
        kept = rng.random(len(self.token)) >= tokens
        bare = rng.random(self.n) < details
        return self.keep(kept & ~(self.detail & np.repeat(bare, np.diff(self.offsets))))

    def _entries(self, entries: Int64, offsets: Int64) -> Bags:
        token, vector, tf = self.token[entries], self.vector[entries], self.tf[entries]
        return Bags(offsets, token, vector, tf, self.detail[entries])

    @staticmethod
    def concat(parts: Sequence[Bags]) -> Bags:
        """The bags one after the other."""
        lengths = [np.diff(part.offsets) for part in parts]
        return Bags(
            np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
            np.concatenate([part.token for part in parts]),
            np.concatenate([part.vector for part in parts]),
            np.concatenate([part.tf for part in parts]),
            np.concatenate([part.detail for part in parts]),
        )


def chunks(listings: Listings) -> Iterator[Listings]:
    """The listings a few thousand at a time."""
    for start in range(0, len(listings), _CHUNK):
        part = slice(start, start + _CHUNK)
        yield Listings(listings.names[part], listings.details[part])


def fit_vocabulary(listings: Listings) -> Vocabulary:
    """The vocabulary of the listings, names and details together."""
    parts = (_entries_of(part) for part in chunks(listings))
    return Vocabulary.fit(((part[1], part[2]) for part in parts), len(listings))


def bags_of(listings: Listings, vocabulary: Vocabulary) -> Bags:
    """The bags of the listings in the numbers of `vocabulary`; an empty listing has an empty bag."""
    parts = [_bags_of_chunk(part, vocabulary) for part in chunks(listings)]
    return Bags.concat(parts) if parts else _bags_of_chunk(listings, vocabulary)


def _bags_of_chunk(listings: Listings, vocabulary: Vocabulary) -> Bags:
    text, hashes, kinds, tf, detail = _entries_of(listings)
    token = vocabulary.lookup(hashes, kinds)
    shared = (hashes % np.uint64(N_SHARED_VECTORS)).astype(np.int32) + vocabulary.n_own_vectors
    known = token < len(vocabulary)
    own = np.full(len(token), -1, np.int32)
    own[known] = vocabulary.vector_rows[token[known]]
    offsets = np.searchsorted(text, np.arange(len(listings) + 1))
    return Bags(offsets.astype(np.int64), token, np.where(own >= 0, own, shared), tf, detail)


def _entries_of(listings: Listings) -> Part:
    """Each listing's distinct tokens, by text and hash; one that the name holds counts as the name's.

    Details count without n-grams: there they cost most and tell least. One sort does it all, of keys made of
    the text (15 bits), the hash (48 bits) and the place (1 bit).
    """
    name = tokenize(listings.names)
    details = tokenize(listings.details, grams=False)
    text = np.concatenate([name.text, details.text])
    hashes = np.concatenate([name.hash, details.hash])
    kinds = np.concatenate([name.kind, details.kind])
    place = np.repeat(np.array([0, 1], np.uint64), [len(name.hash), len(details.hash)])
    keys = (text.astype(np.uint64) << np.uint64(49)) | (hashes >> np.uint64(16) << np.uint64(1)) | place
    order = np.argsort(keys)
    token = keys[order] >> np.uint64(1)
    first = np.flatnonzero(np.append(True, token[1:] != token[:-1])[: len(token)])
    if not len(first):
        return text, hashes, kinds, np.zeros(0, np.float32), np.zeros(0, bool)
    in_name = np.add.reduceat(1 - place[order].astype(np.int64), first)
    occurrences = np.where(in_name > 0, in_name, np.diff(np.append(first, len(token))))
    kept = order[first]
    return (
        text[kept],
        hashes[kept],
        np.minimum.reduceat(kinds[order], first),
        1 + np.log(occurrences.astype(np.float32)),
        in_name == 0,
    )
