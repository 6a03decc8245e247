"""What is seen of a query and a product at once, words, letters, vectors; and which products to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_matrix
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.space.space import Space
from shelfspace.tasks.search.bm25 import Bm25
from shelfspace.tasks.search.exact import CODE, IDENTIFIER, asks_for_code, bare, identifiers_of
from shelfspace.tasks.search.query_words import QueryWords
from shelfspace.tasks.search.spelling import Speller

Float32 = npt.NDArray[np.float32]
#: What is seen of a query and a product; each is a float32 for every candidate.
SIGNALS = ("words", "covered", "meaning", "letters", "codes", "fits")
#: Products that either side proposes, at least.
POOL = 150
_CORRECTED = 0.9  # what a word counts that was not written so
_FIRST = 1e6
_LIKELY = float(np.log(0.5))


@dataclass(frozen=True)
class Looked:
    """Candidates of m queries: `rows` int64 `[m, width]`, -1 for none, and each of `signals` alike.

    `exact` float32 `[m, width]` is what must be added to the score of a product that was named exactly.
    """

    rows: Int64
    exact: Float32
    signals: dict[str, Float32]

    @staticmethod
    def stacked(parts: Sequence[Looked]) -> Looked:
        """The candidates of several queries as one, padded to the longest."""
        width = max((part.rows.shape[1] for part in parts), default=0)

        def padded(arrays: list[Any], fill: float) -> Any:
            return np.concatenate(
                [np.pad(a, ((0, 0), (0, width - a.shape[1])), constant_values=fill) for a in arrays]
            )

        return Looked(
            padded([part.rows for part in parts], -1),
            padded([part.exact for part in parts], 0),
            {name: padded([p.signals[name] for p in parts], -np.inf) for name in parts[0].signals},
        )

    def best(self, scores: Float32, k: int) -> tuple[Looked, Float32]:
        """The k candidates of each query with the highest scores, best first, and these scores.

        What was named exactly comes before all others.
        """
        ordered = np.where(self.rows >= 0, scores.astype(np.float64) + _FIRST * self.exact, -np.inf)
        order = np.argsort(-ordered, axis=1, kind="stable")[:, :k]

        def taken(array: Any) -> Any:
            return np.take_along_axis(array, order, axis=1)

        signals = {name: taken(values) for name, values in self.signals.items()}
        return Looked(taken(self.rows), taken(self.exact), signals), taken(scores)

    def related(self) -> npt.NDArray[np.bool_]:
        """Which candidates have anything in common with their query, bool `[m, width]`."""
        alike = (self.signals["letters"] > 0) | (self.signals["words"] > 0) | (self.exact > 0)
        fits = self.signals["fits"]
        return np.asarray((alike | ((fits < 0) & (fits > _LIKELY))) & (self.rows >= 0))


@dataclass(frozen=True)
class Query:
    """A query as it was read: `meant` is its text without slips of the keys.

    `asked` float32 `[1 or 2, dim]` are its vector and what its words mean, `words` float32 `[n]` is its BM25
    with every product; `coded` are the rows that hold its codes, `shares` how many of them, `named` the rows
    that it is an identifier of.
    """

    text: str
    meant: str
    meanings: QueryWords
    asked: Float32
    words: Float32
    coded: Int64
    shares: Float32
    named: Int64


@dataclass(frozen=True)
class Reader:
    """Reads queries against the products of `space`; made once for each space by `reader_of`."""

    space: Space
    listings: Listings
    words: Bm25
    identifiers: dict[str, list[int]]
    letters: StaticTextEncoder
    speller: Speller

    def read(self, text: str, meanings: QueryWords) -> Query:
        """The query against everything that can be asked at once."""
        meant_text = self.corrected(text) or text
        vector, meant = self.space.embed([text]), meanings.direction(meant_text)
        words = self.words.scores(text)
        if meant_text != text:
            words = np.maximum(words, np.float32(_CORRECTED) * self.words.scores(meant_text))
        coded, shares = self.words.rows_of_codes(text)
        named = np.array(self.identifiers.get(bare(text), []), np.int64)
        asked = np.stack([vector[0], meant]) if meant.any() else vector
        return Query(text, meant_text, meanings, asked, words, coded, shares, named)

    def corrected(self, text: str) -> str | None:
        """The query without slips of the keys; None where every word is known or nothing is near."""
        return self.speller.corrected(text, self.words.knows)

    def look(
        self, text: str, meanings: QueryWords, *, pool: int = POOL, rows: Int64 | None = None, own: int = -1
    ) -> Looked:
        """The candidates of one query with all signals `[1, width]`, in the order of their rows.

        They are the `pool` best by words, the `pool` nearest by vectors and, where words of the query were
        learned, by what these mean; and what was named exactly. `own` is a row to leave out.
        """
        query = self.read(text, meanings)
        exclude = np.full(len(query.asked), own) if own >= 0 else None
        near = self.space.neighbours(query.asked, pool, rows=rows, exclude=exclude).ids.ravel()
        exactly = np.concatenate([query.coded, query.named])
        exactly = exactly if rows is None else exactly[np.isin(exactly, rows)]
        found = np.unique(np.concatenate([near[near >= 0], top(query.words, pool, rows), exactly]))
        found = found[found != own]
        return self.seen(query, found, self.alike([text], found)[0])

    def seen(self, query: Query, rows: Int64, letters: Float32) -> Looked:
        """All signals of a query and the products at `rows`, ascending, `[1, width]`."""
        vectors = self.space.vectors[rows]
        exact = np.where(np.isin(rows, query.named), np.float32(IDENTIFIER), np.float32(0))
        codes = np.zeros(len(rows), np.float32)
        codes[np.isin(rows, query.coded)] = query.shares[np.isin(query.coded, rows)]
        if asks_for_code(query.text):
            exact = np.maximum(exact, np.float32(CODE) * codes)
        signals = {
            "words": query.words[rows],
            "covered": self._covered(query, rows),
            "meaning": np.maximum(vectors @ query.asked[0], 0),
            "letters": letters,
            "codes": codes,
            "fits": query.meanings.fits(query.meant, vectors),
        }
        return Looked(rows[None], exact[None], {name: each[None] for name, each in signals.items()})

    def _covered(self, query: Query, rows: Int64) -> Float32:
        covered = self.words.covered(query.text, rows)
        if query.meant == query.text:
            return covered
        meant = np.float32(_CORRECTED) * self.words.covered(query.meant, rows)
        return np.asarray(np.maximum(covered, meant), np.float32)

    def alike(self, texts: Sequence[str], rows: Int64) -> Float32:
        """The exact cosines of the words and letters of queries and products, float32 `[queries, rows]`."""
        listings, n = self.listings.take(rows), len(texts)
        names = [*Listings.of_texts(texts).names, *listings.names]
        bags = bags_of(Listings(names, [""] * n + list(listings.details)), self.letters.vocabulary)
        matrix = lexical_matrix(bags, self.letters.vocabulary, self.letters.entry_weights(bags))
        return np.asarray((matrix[:n] @ matrix[n:].T).toarray(), np.float32)


def reader_of(space: Space) -> Reader:
    """The reader of a space, made when it is first asked for: some seconds for 100,000 products."""

    def make() -> Reader:
        listings = Listings.of_catalog(space.catalog)
        words = Bm25.of_listings(listings)
        identifiers = identifiers_of(space.catalog.table)
        letters, speller = _letters(space, listings), Speller.of_names(listings.names)
        return Reader(space, listings.without_photos(), words, identifiers, letters, speller)

    return space.part("search reader", make)


def _letters(space: Space, listings: Listings) -> StaticTextEncoder:
    """Untrained weights of tokens, over the encoder's vocabulary where it has one."""
    if isinstance(space.encoder, StaticTextEncoder):
        return space.encoder.untrained()
    return StaticTextEncoder.closed_form(fit_vocabulary(listings), dim=1)


def top(scores: Float32, k: int, rows: Int64 | None) -> Int64:
    """The rows of the k highest scores above 0, among `rows` where given, in no order."""
    allowed = np.flatnonzero(scores > 0) if rows is None else rows[scores[rows] > 0]
    if len(allowed) > k:
        allowed = allowed[np.argpartition(-scores[allowed], k)[:k]]
    return allowed
