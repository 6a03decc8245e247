"""What a classifier sees of things: words as sparse rows, and dense parts such as vectors or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from shelfspace.encoders.bags import Bags, bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_matrix
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.objectives.spectral import truncated_svd
from shelfspace.tasks.classify.kernel import Float32, Int64

DIRECTIONS = "directions"
_N_DIRECTIONS = 64
_TOLERANCE, _ROUNDS = 0.1, 3  # directions need not be sharp to say what goes together


@dataclass(frozen=True)
class Things:
    """n things: `words` are unit CSR rows `[n, V]`, `parts` float32 `[n, d]` of rows of length 1 or 0.

    `bags` are the tokens that the words were made of.
    """

    words: Any
    bags: Bags
    parts: Mapping[str, Float32] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.words.shape[0])

    def take(self, rows: Int64) -> Things:
        """The things at `rows`, in that order."""
        parts = {name: part[rows] for name, part in self.parts.items()}
        return Things(self.words[rows], self.bags.take(rows), parts)


@dataclass(frozen=True)
class Reading:
    """How listings become `Things`: a vocabulary, what its tokens are worth, and the common directions.

    `encoder` is the closed form over the vocabulary; `directions` float32 `[V, k]` are the leading right
    singular vectors of the rows read, along which words that go together lie together.
    """

    encoder: StaticTextEncoder
    directions: Float32

    @classmethod
    def of(cls, listings: Listings, *, seed: int = 0) -> tuple[Reading, Things]:
        """The reading that listings teach, labels apart, and the same listings read."""
        vocabulary = fit_vocabulary(listings)
        encoder = StaticTextEncoder.closed_form(vocabulary, seed=seed)
        reading = cls(encoder, np.zeros((len(vocabulary), 0), np.float32))
        things = reading.read(listings)
        k = min(_N_DIRECTIONS, min(things.words.shape) - 1)
        if k >= 1:
            found = truncated_svd(things.words, k, seed=seed, tolerance=_TOLERANCE, max_rounds=_ROUNDS)
            reading = replace(reading, directions=found.right)
        return reading, reading.with_directions(things)

    def read(self, listings: Listings) -> Things:
        """The listings as things; one without a known word is a row of zeros."""
        bags = bags_of(listings, self.encoder.vocabulary)
        words = lexical_matrix(bags, self.encoder.vocabulary, self.encoder.entry_weights(bags))
        return self.with_directions(Things(words, bags))

    def with_directions(self, things: Things) -> Things:
        """The same things with their place along the directions as a part."""
        if not self.directions.shape[1]:
            return things
        rows = unit_rows(np.asarray(things.words @ self.directions, np.float32))
        return replace(things, parts={**things.parts, DIRECTIONS: rows})


@dataclass(frozen=True)
class Lesson:
    """Things with the classes of some: `labels` int64 `[n]`, below 0 where unknown, of `n_classes`.

    `names` are unit CSR rows `[n_classes, V]` of what the classes are called, where they have names.
    """

    things: Things
    labels: Int64
    n_classes: int
    names: Any = None

    def known(self) -> Int64:
        """The rows that have a class."""
        found: Int64 = np.flatnonzero(self.labels >= 0)
        return found

    def without(self, rows: Int64) -> Lesson:
        """The same lesson with the classes of `rows` held back."""
        labels = self.labels.copy()
        labels[rows] = -1
        return replace(self, labels=labels)

    def examples(self) -> tuple[Any, Int64]:
        """The labelled rows' words, below them the classes' names as examples of themselves, and all classes.

        A name whose words nobody uses is left out.
        """
        known = self.known()
        words, labels = self.things.words[known], self.labels[known]
        if self.names is None:
            return words, labels
        told = np.flatnonzero(np.diff(self.names.indptr) > 0)
        return sp.vstack([words, self.names[told]], format="csr"), np.concatenate([labels, told])


def unit_rows(rows: Float32) -> Float32:
    """The rows brought to length 1; those of length 0 stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)
