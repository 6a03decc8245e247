"""Lexical search: BM25 over the very words of the listings (Robertson and Zaragoza 2009, equation 3.15).

score(q, d) = Σ_t idf(t) · tf · (k1 + 1) / (tf + k1 · (1 - b + b · |d| / mean |d|)),
idf(t) = ln(1 + (n - df + ½) / (df + ½)).

Differs from the paper: a word of the details counts less than one of the name, as BM25F's fields do; two
neighbours written as one count a tenth, so that "jump start" finds "jumpstart" and phrases come first; and a
measure is a word of its own, so that "0.5 kg" finds "500 g". A plural's s is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from shelfspace.data.cleaning.units import quantities
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import Int64, Kind, UInt64, normalise, tokenize, word_hash

_K1, _B = 1.2, 0.75
_DETAIL = 0.3  # of a word in the details, beside the same word in the name
_JOINED = 0.1
_CHUNK = 8_192  # listings tokenised at once
_MEASURE = "measure"  # what a measure's word begins with: no shop writes so
_PLURAL = re.compile(r"(?<![\w-])([^\W\d_]{2,}[^\W\d_siu])s(?![\w-])")
_DIGIT = re.compile(r"\d|[½¼¾⅓⅔⅛⅜⅝⅞]")


@dataclass(frozen=True)
class Bm25:
    """The postings of n listings: term t stands in the rows `rows[starts[t]:starts[t + 1]]`.

    `terms` uint64 `[V]` ascending are hashes of words, `weights` float32 the terms' worth in each row, idf
    included, `named` whether they stand in the row's name.
    """

    n: int
    terms: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    named: npt.NDArray[np.bool_]

    @classmethod
    def of_listings(cls, listings: Listings) -> Bm25:
        """The postings of the listings' words; grams are left to the learned vectors."""
        n = len(listings)
        names, details = _terms(listings.names), _terms(listings.details)
        terms, numbers = np.unique(np.concatenate([names[1], details[1]]), return_inverse=True)
        owners = np.concatenate([names[0], details[0]])
        worth = np.repeat(np.array([1, _DETAIL], np.float32), [len(names[0]), len(details[0])])
        shape = (n, len(terms))
        counts = sp.coo_array((worth, (owners, numbers)), shape).tocsc()
        where = sp.coo_array((np.floor(worth), (owners, numbers)), shape).tocsc()
        weights = _weighted(counts.data, counts.indices, np.diff(counts.indptr), n)
        starts = counts.indptr.astype(np.int64)
        return cls(n, terms, starts, counts.indices.astype(np.int32), weights, where.data > 0)

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """How much of the query each listing holds, float32 `[n]`: BM25 over the bound of its words.

        0 for nothing; above 1 where words stand in the order of the query, or measures agree, too.
        """
        tokens = tokenize([_singular(normalise(query))], grams=False)
        scores = np.zeros(self.n, np.float32)
        bound = 0.0
        kinds = dict(sorted(zip(tokens.hash.tolist(), tokens.kind.tolist(), strict=True), reverse=True))
        for term, kind in kinds.items():
            share = np.float32(_JOINED if kind == Kind.JOINED else 1.0)
            first, last = self._span(term)
            scores[self.rows[first:last]] += share * self.weights[first:last]
            if kind != Kind.JOINED:  # a word that no listing has still makes every answer a partial one
                bound += float(_idf(np.array(last - first), self.n)) * (_K1 + 1)
        for term in set(_measures([normalise(query)])[1].tolist()):
            first, last = self._span(term)
            scores[self.rows[first:last]] += self.weights[first:last]
        return scores / np.float32(bound) if bound else scores

    def covered(self, query: str, rows: Int64) -> npt.NDArray[np.float32]:
        """The share of the query's words, by rarity, that each of `rows` holds anywhere, float32 in 0…1."""
        held, bound = np.zeros(len(rows), np.float32), 0.0
        asked = rows.astype(np.int32)  # as the postings are, or these would be copied for each word
        for first, last in set(self._spans_of_words(query)):
            worth = float(_idf(np.array(last - first), self.n))
            postings = self.rows[
                first:last
            ]  # ascending, so that a common word costs little more than a rare one
            places = np.searchsorted(postings, asked)
            there = places < len(postings)
            held[np.flatnonzero(there)[postings[places[there]] == asked[there]]] += worth
            bound += worth
        return held / np.float32(bound) if bound else held

    def knows(self, word: str) -> bool:
        """Whether a listing has this word, or two neighbours that make it."""
        first, last = self._span(word_hash(_singular(word)))
        return last > first

    def rows_with(self, text: str, *, named: bool) -> list[Int64]:
        """For each word of a text the rows that hold it, ascending; `named` counts names alone."""
        spans = self._spans_of_words(text)
        return [
            (self.rows[a:b][self.named[a:b]] if named else self.rows[a:b]).astype(np.int64) for a, b in spans
        ]

    def rows_of_codes(self, query: str) -> tuple[Int64, npt.NDArray[np.float32]]:
        """The rows whose name holds a model code of the query that few listings have, ascending.

        Beside them which share of these codes they hold, in 0…1: a code with a stroke in it is several, the
        whole and its parts.
        """
        few = max(5, self.n // 1000)
        rows, found = [np.zeros(0, np.int32)], 0
        for term in _codes(query):
            first, last = self._span(term)
            named = self.rows[first:last][self.named[first:last]]
            if len(named) and last - first <= few:
                rows.append(named)
                found += 1
        distinct, counts = np.unique(np.concatenate(rows), return_counts=True)
        return distinct.astype(np.int64), (counts / max(found, 1)).astype(np.float32)

    def _spans_of_words(self, text: str) -> list[tuple[int, int]]:
        """Where the postings of each word of a text begin and end."""
        tokens = tokenize([_singular(normalise(text))], grams=False)
        return [self._span(term) for term in tokens.hash[tokens.kind != Kind.JOINED].tolist()]

    def _span(self, term: int) -> tuple[int, int]:
        place = int(np.searchsorted(self.terms, np.uint64(term)))
        if place == len(self.terms) or int(self.terms[place]) != term:
            return 0, 0
        return int(self.starts[place]), int(self.starts[place + 1])


def _terms(texts: Sequence[str]) -> tuple[Int64, UInt64]:
    """The text and the hash of every word, code, number, joined pair and measure."""
    owners, hashes = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    for start in range(0, len(texts), _CHUNK):
        part = [_singular(text) for text in texts[start : start + _CHUNK]]
        tokens = tokenize(part, grams=False)
        measures = _measures(part)
        owners += [tokens.text + start, measures[0] + start]
        hashes += [tokens.hash, measures[1]]
    return np.concatenate(owners), np.concatenate(hashes)


def _singular(text: str) -> str:
    """The normalised text without a plural's s, so that "shirts" finds "shirt" (Harman 1991's S-stemmer)."""
    return _PLURAL.sub(r"\1", text)


def _measures(texts: Sequence[str]) -> tuple[Int64, UInt64]:
    """The text and the hash of every measure, the same for "500 g" and "0.5 kg"."""
    owners, written = [], []
    for owner, text in enumerate(texts):
        if _DIGIT.search(text):
            found = {f"{_MEASURE}{each.unit}{each.value:.3g}" for each in quantities(text)}
            written += [re.sub(r"\W", "x", word) for word in found]
            owners += [owner] * len(found)
    return np.array(owners, np.int64), _hashes(written)


def _hashes(words: Sequence[str]) -> UInt64:
    """The hash of each text that is one word."""
    tokens = tokenize(words, grams=False)
    alone: UInt64 = tokens.hash[tokens.kind != Kind.JOINED]
    return alone


def _weighted(
    tf: npt.NDArray[np.float32], rows: npt.NDArray[np.int32], df: npt.NDArray[np.int32], n: int
) -> npt.NDArray[np.float32]:
    """Equation 3.15 without the query: one weight for each entry of the postings."""
    lengths = np.bincount(rows, weights=tf, minlength=n)
    mean = max(float(lengths.mean()), 1e-9) if n else 1.0
    saturation = _K1 * (1 - _B + _B * lengths / mean)
    weights = tf * (_K1 + 1) / (tf + saturation[rows])
    return np.asarray(weights * np.repeat(_idf(df, n), df), np.float32)


def _idf(df: npt.NDArray[np.int32] | npt.NDArray[np.int64], n: int) -> npt.NDArray[np.float64]:
    return np.asarray(np.log1p((n - df + 0.5) / (df + 0.5)), np.float64)


def _codes(query: str) -> set[int]:
    """The hashes of what looks like a model code, both as it is written and without its dashes."""
    text = normalise(query)
    tokens = tokenize([text], grams=False)
    codes = set(tokens.hash[tokens.kind == Kind.CODE].tolist())
    for word in text.split():
        bare = re.sub(r"\W", "", word)
        if len(bare) >= 4 and re.search(r"\d", bare) and bare != word:
            codes.add(word_hash(bare))
    return codes
