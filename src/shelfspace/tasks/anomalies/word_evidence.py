"""What a listing's words say of its attributes: evidence for each value, learned from all other listings.

The evidence of word t for value c is log P(t | c) / P(t), by counts that are smoothed towards P(t): naive
Bayes (Maron 1961), in closed form. A listing never vouches for itself: what it adds to its own value's counts
is taken out again when that value is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.tokens import Int64, Kind, normalise, tokenize

Float32 = npt.NDArray[np.float32]

_NAMED = 3.0  # listings that a value is taken to have which hold its own name and nothing else
_SMOOTHINGS = (
    3.0,
    30.0,
    300.0,
)  # words' worth of the catalogue mixed into each value's; chosen by its own figures
_CHUNK = 8_192
_TEXT = 300  # characters of a description: what comes first says what a thing is


@dataclass(frozen=True)
class Words:
    """Which words the listings hold: sparse 0/1 `matrix` `[n, V]`, and the `hashes` of the words `[V]`."""

    matrix: Any
    hashes: npt.NDArray[np.uint64]

    @classmethod
    def of_catalog(cls, catalog: Catalog) -> Words:
        """The words of titles and of the beginnings of descriptions, neighbours joined included."""
        text = pl.concat_str(
            "title", pl.col("description").str.slice(0, _TEXT), separator=" . ", ignore_nulls=True
        )
        texts = [normalise(each or "") for each in catalog.table.select(text.alias("text"))["text"]]
        parts = [
            tokenize(texts[start : start + _CHUNK], grams=False) for start in range(0, len(texts), _CHUNK)
        ]
        rows = [part.text + start * _CHUNK for start, part in enumerate(parts)]
        if not parts:
            return cls(sp.csr_array((0, 0), dtype=np.float32), np.zeros(0, np.uint64))
        hashes, columns = np.unique(np.concatenate([part.hash for part in parts]), return_inverse=True)
        ones = np.ones(len(columns), np.float32)
        matrix = sp.csr_array((ones, (np.concatenate(rows), columns)), (len(texts), len(hashes)))
        matrix.data[:] = 1
        return cls(matrix, hashes)

    def names_of(self, values: Sequence[str]) -> tuple[Any, npt.NDArray[np.int64]]:
        """Which words stand in each value's name, sparse 0/1 `[values, V]`, and how many it has in all."""
        tokens = tokenize([normalise(value) for value in values], grams=False)
        plain = tokens.kind != Kind.JOINED
        text, found = tokens.text[plain], tokens.hash[plain]
        cells = np.unique(np.stack([text.astype(np.uint64), found]), axis=1)
        text, found = cells[0].astype(np.int64), cells[1]
        lengths = np.bincount(text, minlength=len(values))
        columns = np.minimum(np.searchsorted(self.hashes, found), max(0, len(self.hashes) - 1))
        there = self.hashes[columns] == found if len(self.hashes) else np.zeros(len(found), bool)
        ones = np.ones(int(there.sum()), np.float32)
        shape = (len(values), len(self.hashes))
        return sp.csr_array((ones, (text[there], columns[there])), shape), lengths


@dataclass(frozen=True)
class Verdicts:
    """What the words say of each listing `[n]`, -1 and -inf where they say nothing.

    `best` is the value that they speak for most, `own` and `other` the evidence for the stated value and for
    the best of the others, `second` that for the next best of all. Evidence is in nats a listing.
    """

    best: Int64
    best_score: Float32
    second_score: Float32
    own_score: Float32
    other: Int64
    other_score: Float32

    @property
    def margins(self) -> Float32:
        """By how much the best other value is ahead of the stated one; -inf where one is unknown."""
        known = np.isfinite(self.other_score) & np.isfinite(self.own_score)
        return np.where(known, self.other_score - np.where(known, self.own_score, 0), -np.inf).astype(
            np.float32
        )


@dataclass(frozen=True)
class WordEvidence:
    """The evidence of words for the `values` of an attribute; `codes` `[n]` are those stated, -1 for none."""

    words: Words
    codes: Int64
    values: Sequence[str]
    smoothing: float

    @property
    def n_values(self) -> int:
        """How many values are known."""
        return len(self.values)

    @classmethod
    def learn(cls, words: Words, codes: Int64, values: Sequence[str]) -> WordEvidence:
        """The evidence with the smoothing that finds most of the stated values from other listings."""
        tried = [cls(words, codes, values, smoothing) for smoothing in _SMOOTHINGS]
        return max(tried, key=lambda one: one.accuracy())

    def accuracy(self, most: int = 5_000) -> float:
        """The share of stated values, of up to `most` listings, that words speak for first; 0 without any."""
        stated = np.flatnonzero(self.codes >= 0)
        rows = stated[:: max(1, len(stated) // most)]
        return float((self.verdicts(rows).best == self.codes[rows]).mean()) if len(rows) else 0.0

    def verdicts(self, rows: Int64 | None = None) -> Verdicts:
        """What the words of the listings at `rows` say, by default of all."""
        rows = np.arange(len(self.codes)) if rows is None else rows
        parts = [self._judged(rows[start : start + _CHUNK]) for start in range(0, max(1, len(rows)), _CHUNK)]
        return Verdicts(
            *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Verdicts))
        )

    def gains_of(self, value: int) -> Float32:
        """What each word adds to the evidence for a value, beside other values of its size `[V]`."""
        counts, sizes, common = self._counts
        mine = np.asarray(counts[[value]].toarray(), np.float64).ravel()
        shares = (mine + common * self.smoothing) / (sizes[value] + self.smoothing)
        return np.asarray(np.log(np.maximum(shares, 1e-12) / np.maximum(common, 1e-12)), np.float32)

    def scores(self, rows: Int64) -> Float32:
        """The evidence for every value `[len(rows), n_values]`, for the stated one without the listing."""
        counts, sizes, common = self._counts
        x = self.words.matrix[rows]
        length = np.asarray(x.sum(axis=1)).ravel()
        gain = counts.copy()
        gain.data = np.log1p(gain.data / (common[gain.indices] * self.smoothing))
        base = np.log(self.smoothing / (sizes + self.smoothing))
        prior = np.log(np.maximum(self._frequencies, 0.5) / len(self.codes))
        found = (x @ gain.T).toarray() + length[:, None] * base + prior
        stated = np.flatnonzero(self.codes[rows] >= 0)
        own = self.codes[rows[stated]]
        found[stated, own] = self._without_itself(x[stated], own)
        return np.asarray(found, np.float32)

    def _without_itself(self, x: Any, own: Int64) -> Float32:
        counts, sizes, common = self._counts
        row = np.repeat(np.arange(x.shape[0]), np.diff(x.indptr))
        mine = np.asarray(counts[own[row], x.indices]).ravel() - 1
        length = np.diff(x.indptr)
        each = np.log1p(np.maximum(mine, 0) / (np.maximum(common[x.indices], 1e-12) * self.smoothing))
        size = np.maximum(sizes[own] - length, 0)
        prior = np.log(np.maximum(self._frequencies[own] - 1, 0.5) / len(self.codes))
        gains = np.bincount(row, each, x.shape[0])
        return np.asarray(
            gains + length * np.log(self.smoothing / (size + self.smoothing)) + prior, np.float32
        )

    @cached_property
    def _frequencies(self) -> npt.NDArray[np.int64]:
        return np.bincount(self.codes[self.codes >= 0], minlength=self.n_values)

    @cached_property
    def _counts(self) -> tuple[Any, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """How often each value has each word (sparse `[values, V]`), all its words, words' shares `[V]`."""
        stated = np.flatnonzero(self.codes >= 0)
        marks = sp.csr_array(
            (np.ones(len(stated), np.float32), (self.codes[stated], stated)), (self.n_values, len(self.codes))
        )
        counts = sp.csr_array(
            marks @ self.words.matrix + _NAMED * self.words.names_of(self.values)[0]
        ).astype(np.float64)
        of_words = np.maximum(np.asarray(self.words.matrix.sum(axis=0), np.float64).ravel(), 0.5)
        return counts, np.asarray(counts.sum(axis=1)).ravel(), of_words / max(1.0, float(of_words.sum()))

    def _judged(self, rows: Int64) -> Verdicts:
        scores = self.scores(rows)
        n, codes = np.arange(len(rows)), self.codes[rows]
        stated = codes >= 0
        worded = np.diff(self.words.matrix.indptr)[rows] > 0
        own = np.where(stated, scores[n, codes], -np.inf).astype(np.float32)
        order = np.argpartition(-scores, min(1, scores.shape[1] - 1), axis=1)[:, :2]
        order = np.take_along_axis(order, np.argsort(-np.take_along_axis(scores, order, 1), 1, "stable"), 1)
        best, second = order[:, 0], order[:, -1]
        other = np.where(best == codes, second, best)
        told = [scores[n, place] for place in (best, second, other)]
        ranked = [np.where(worded, each, -np.inf).astype(np.float32) for each in told]
        return Verdicts(np.where(worded, best, -1), ranked[0], ranked[1], own, other, ranked[2])
