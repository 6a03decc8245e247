"""What is seen of a query and a product at once, words, letters, vectors; and which products to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_matrix, paired_products
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.space.space import Space
from shelfspace.tasks.search.bm25 import Bm25
from shelfspace.tasks.search.exact import CODE, IDENTIFIER, asks_for_code, bare, identifiers_of
from shelfspace.tasks.search.query_words import QueryWords

Float32 = npt.NDArray[np.float32]
#: Products that either side proposes, at least.
POOL = 100
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
class Reader:
    """Reads queries against the products of `space`; made once for each space by `reader_of`."""

    space: Space
    listings: Listings
    words: Bm25
    identifiers: dict[str, list[int]]
    letters: StaticTextEncoder

    def look(
        self,
        text: str,
        query_words: QueryWords,
        *,
        pool: int = POOL,
        rows: Int64 | None = None,
        own: int = -1,
    ) -> Looked:
        """The candidates of one query with all signals `[1, width]`, in the order of their rows.

        They are the `pool` best by words, the `pool` nearest by vectors and, where words of the query were
        learned, by what these mean; and what was named exactly. `own` is a row to leave out.
        """
        coded, shares = self.words.rows_of_codes(text)
        named = np.array(self.identifiers.get(bare(text), []), np.int64)
        lexical = self.words.scores(text)
        vector = self.space.embed([text])
        meant = query_words.direction(text)
        asked = np.stack([vector[0], meant]) if meant.any() else vector
        exclude = np.full(len(asked), own) if own >= 0 else None
        near = self.space.neighbours(asked, pool, rows=rows, exclude=exclude).ids.ravel()
        sides = [near[near >= 0], top(lexical, pool, rows), _allowed(coded, rows), _allowed(named, rows)]
        found = np.unique(np.concatenate(sides))
        found = found[found != own]
        vectors = self.space.vectors[found]
        exact = np.where(np.isin(found, named), np.float32(IDENTIFIER), np.float32(0))
        codes = np.zeros(len(found), np.float32)
        codes[np.isin(found, coded)] = shares[np.isin(coded, found)]
        if asks_for_code(text):
            exact = np.maximum(exact, np.float32(CODE) * codes)
        signals = {
            "words": lexical[found],
            "meaning": np.maximum(vectors @ vector[0], 0),
            "letters": self.alike(text, found),
            "codes": codes,
            "fits": query_words.fits(text, vectors),
        }
        return Looked(found[None], exact[None], {name: each[None] for name, each in signals.items()})

    def alike(self, text: str, rows: Int64) -> Float32:
        """The exact cosine of words and their letters between the query and the products, float32 `[m]`."""
        listings = self.listings.take(rows)
        both = Listings([*Listings.of_texts([text]).names, *listings.names], ["", *listings.details])
        bags = bags_of(both, self.letters.vocabulary)
        matrix = lexical_matrix(bags, self.letters.vocabulary, self.letters.entry_weights(bags))
        return paired_products(matrix[np.zeros(len(rows), np.int64)], matrix[1:])


def reader_of(space: Space) -> Reader:
    """The reader of a space, made when it is first asked for: some seconds for 100,000 products."""

    def make() -> Reader:
        listings = Listings.of_catalog(space.catalog)
        words = Bm25.of_listings(listings)
        identifiers = identifiers_of(space.catalog.table)
        return Reader(space, listings.without_photos(), words, identifiers, _letters(space, listings))

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


def _allowed(found: Int64, rows: Int64 | None) -> Int64:
    return found if rows is None else found[np.isin(found, rows)]
