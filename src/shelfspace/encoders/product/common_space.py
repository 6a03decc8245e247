"""The common space of words and photos: where a photo lies near the title that describes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.bags import bags_of, chunks, fit_vocabulary
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.lexical import lexical_matrix
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import Kind
from shelfspace.encoders.vocabulary import Float32, Vocabulary

#: Words, numbers, codes and neighbouring words: what a photo can show is not in parts of words.
KINDS = (Kind.WORD, Kind.CODE, Kind.NUMBER, Kind.JOINED)
DETAIL_WEIGHT = 0.5  # of a word that stands in the details only
_MOST_TOKENS = 30_000  # the commonest are kept: a rare word is learned from too few photos
_MOST_DIRECTIONS = 500  # of the words, before they meet the photos


@dataclass(frozen=True)
class CommonSpace:
    """Two linear maps into one space, of words `[V, k]` and of photo vectors `[d, k]`.

    The words are those of `vocabulary`, weighed by IDF; `word_mean` and `photo_mean` `[k]` are taken off
    after the maps. The vectors are unit, and their product is how well words and photo go together.
    """

    vocabulary: Vocabulary
    word_map: Float32
    word_mean: Float32
    photo_map: Float32
    photo_mean: Float32

    @classmethod
    def empty(cls, photo_dim: int) -> CommonSpace:
        """One that knows no word and no photo: all its vectors are zero."""
        nothing = Vocabulary(np.empty(0, np.uint64), np.empty(0, np.int8), np.empty(0, np.int32), 0)
        rows = (np.zeros(shape, np.float32) for shape in ((0, 1), 1, (photo_dim, 1), 1))
        return cls(nothing, *rows)

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return int(self.word_map.shape[1])

    def of_words(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, k]` of what the listings say; zero where no word is known."""
        if not len(listings):
            return np.zeros((0, self.dim), np.float32)
        parts = []
        for part in chunks(listings):
            parts.append(self.of_rows(word_rows(part, self.vocabulary)))
        return np.concatenate(parts)

    def of_rows(self, rows: Any) -> Vectors:
        """Unit vectors `[n, k]` of the `word_rows` `[n, V]` of listings; zero for an empty row."""
        found = np.asarray(rows @ self.word_map - self.word_mean, np.float32)
        found[np.diff(rows.indptr) == 0] = 0
        return unit(found)

    def of_photos(self, photos: Vectors) -> Vectors:
        """Unit vectors `[n, k]` of photo vectors `[n, d]`; zero where these are."""
        found = np.asarray(photos @ self.photo_map - self.photo_mean, np.float32)
        found[~photos.any(axis=1)] = 0
        return unit(found)

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Its arrays by name, for a file."""
        return {
            "hash": self.vocabulary.hash.view(np.int64),
            "kind": self.vocabulary.kind,
            "count": self.vocabulary.count,
            "n_texts": np.array([self.vocabulary.n_texts], np.int64),
            "word_map": self.word_map,
            "word_mean": self.word_mean,
            "photo_map": self.photo_map,
            "photo_mean": self.photo_mean,
        }

    @classmethod
    def of_tensors(cls, held: dict[str, npt.NDArray[np.generic]]) -> CommonSpace:
        """The one whose `tensors` these are; `KeyError` where one is missing."""
        vocabulary = Vocabulary(
            np.asarray(held["hash"], np.int64).view(np.uint64),
            np.asarray(held["kind"], np.int8),
            np.asarray(held["count"], np.int32),
            int(np.asarray(held["n_texts"]).item()),
        )
        maps = ("word_map", "word_mean", "photo_map", "photo_mean")
        return cls(vocabulary, *(np.asarray(held[name], np.float32) for name in maps))


@dataclass(frozen=True)
class WordPhotoPairs:
    """What a common space is learned from: n listings' words on their main directions, and photo vectors.

    `words` `[n, p]` are the rows of `matrix` (CSR, `[n, V]`) times `directions` `[V, p]`; `photos` `[n, d]`.
    `rows` `[n]` are the listings that they are of, and `groups` `[n]` numbers the names: listings of one name
    have one number.
    """

    vocabulary: Vocabulary
    matrix: Any
    directions: Float32
    words: Float32
    photos: Vectors
    rows: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]

    @classmethod
    def of(cls, listings: Listings, photos: Vectors, *, seed: int = 0) -> WordPhotoPairs | None:
        """The pairs among listings and their photo vectors `[n, d]`; None for fewer than four.

        A listing without words, or without a photo (a zero row), is no pair.
        """
        vocabulary = words_of(fit_vocabulary(listings))
        rows = [word_rows(part, vocabulary) for part in chunks(listings)]
        if not rows or not len(vocabulary):
            return None
        import scipy.sparse as sp

        matrix = sp.vstack(rows).tocsr()
        both = np.flatnonzero((np.diff(matrix.indptr) > 0) & photos.any(axis=1))
        width = min(_MOST_DIRECTIONS, len(both) - 1, len(vocabulary))
        if len(both) < 4 or width < 1:
            return None
        from shelfspace.objectives.spectral import truncated_svd

        matrix = matrix[both]
        directions = truncated_svd(matrix, width, seed=seed).right
        _, groups = np.unique([listings.names[row] for row in both.tolist()], return_inverse=True)
        words = np.asarray(matrix @ directions, np.float32)
        return cls(vocabulary, matrix, directions, words, photos[both], both, groups.astype(np.int64))

    def __len__(self) -> int:
        return len(self.words)

    def take(self, rows: npt.NDArray[np.int64]) -> WordPhotoPairs:
        """The pairs at `rows`, in that order."""
        return replace(
            self,
            matrix=self.matrix[rows],
            words=self.words[rows],
            photos=self.photos[rows],
            rows=self.rows[rows],
            groups=self.groups[rows],
        )

    def common(self, *, dim: int, regularisation: float, power: float = 1.0) -> CommonSpace:
        """The common space in closed form: canonical correlation, each direction times correlation^`power`.

        The dimension is `dim`, or what the data have where that is less.
        """
        from shelfspace.objectives.spectral import canonical_correlation

        dim = min(dim, self.words.shape[1], self.photos.shape[1])
        found = canonical_correlation(self.words, self.photos, dim, regularisation)
        scale = np.clip(found.correlations, 0, 1) ** power
        left, right = found.left_map * scale, found.right_map * scale
        return CommonSpace(
            self.vocabulary,
            np.asarray(self.directions @ left, np.float32),
            np.asarray(found.left_mean @ left, np.float32),
            np.asarray(right, np.float32),
            np.asarray(found.right_mean @ right, np.float32),
        )


def words_of(vocabulary: Vocabulary) -> Vocabulary:
    """Its commonest whole words, numbers, codes and neighbouring words."""
    wanted = np.flatnonzero(np.isin(vocabulary.kind, np.array(KINDS, np.int8)))
    commonest = np.argsort(-vocabulary.count[wanted], kind="stable")[:_MOST_TOKENS]
    kept = np.sort(wanted[commonest])
    return Vocabulary(
        vocabulary.hash[kept], vocabulary.kind[kept], vocabulary.count[kept], vocabulary.n_texts
    )


def word_rows(listings: Listings, vocabulary: Vocabulary) -> Any:
    """The listings' known words as unit rows of a CSR matrix `[n, V]`, weighed by IDF."""
    bags = bags_of(listings.without_photos(), vocabulary)
    bags = bags.keep(bags.token < len(vocabulary))
    place = np.where(bags.detail, np.float32(DETAIL_WEIGHT), np.float32(1))
    weights = np.asarray(vocabulary.idf[bags.token] * bags.tf * place, np.float32)
    return lexical_matrix(bags, vocabulary, weights, KINDS)


def unit(vectors: Vectors) -> Vectors:
    """The rows at length 1; zero rows stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 1e-12, lengths, 1), np.float32)
