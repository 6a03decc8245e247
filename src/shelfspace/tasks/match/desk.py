"""The desk a match is worked at: two shops' listings, what they state, and how near they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.bags import Bags
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.match.candidates import NO_PAIRS, PairRows, learned_pairs, lexical_pairs, vector_pairs
from shelfspace.tasks.match.context import Rivals, rivals
from shelfspace.tasks.match.facts import Facts
from shelfspace.tasks.match.features import PairFeatures
from shelfspace.tasks.match.known import known_columns
from shelfspace.tasks.match.known_products import KnownProducts
from shelfspace.tasks.match.reader import READING, Reader
from shelfspace.tasks.match.signals import Signals, closed_signals, score_pairs

#: How much a score may know: the two records alone, the whole tables too, or confirmed matches as well.
Context = Literal["pair", "table", "known"]
Columns = dict[str, npt.NDArray[np.float32]]
_SHORT = 3  # how many of a product's best candidates are scored: what ranks lower hardly ever is the match


@dataclass(frozen=True)
class Desk:
    """Two disjoint sets of catalogue rows to be matched, or one with itself, and how near their listings are.

    `closed` is the untrained encoder, whose vocabulary `bags` are in; `learned_signals` are those of the
    trained one. A `reader`, where there is one, reads the pairs that the records leave open. `seen` are
    signals of what is seen, of photos for one, which no label has taught; a row of zeros tells nothing.
    """

    catalog: Catalog
    left_rows: Int64
    right_rows: Int64
    listings: Listings
    bags: Bags
    closed: StaticTextEncoder
    learned_signals: Signals
    reader: Reader | None = None
    seen: Signals = field(default_factory=dict)
    _products: dict[bytes, KnownProducts | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def alone(self) -> bool:
        """Whether one set of rows is matched with itself, so that a pair has no left and right."""
        return np.array_equal(self.left_rows, self.right_rows)

    def products(self, matches: PairRows) -> KnownProducts | None:
        """What `matches` say of products; None where they have too few listings each to know them by."""
        key = matches.keys().tobytes()
        if key not in self._products:
            self._products[key] = KnownProducts.of(matches, self.closed_signals["wording"])
        return self._products[key]

    @cached_property
    def closed_signals(self) -> Signals:
        """Cosines that need no labels: lexical ones, and those of what is seen."""
        return {**closed_signals(self.closed, self.bags, self.listings), **self.seen}

    @cached_property
    def lexical_candidates(self) -> PairRows:
        """The nearest of either side by the untrained wording."""
        return lexical_pairs(self.closed_signals["wording"], self.left_rows, self.right_rows)

    @cached_property
    def candidates(self) -> PairRows:
        """Every pair worth scoring; a pair that is not here can have no rival here either."""
        learned = learned_pairs(self.learned_signals, self.left_rows, self.right_rows)
        seen = [self._near_by_sight(rows) for rows in self.seen.values()]
        return PairRows.union([self.lexical_candidates, learned, *seen])

    def _near_by_sight(self, rows: Any) -> PairRows:
        """The nearest of either side among those that have something to see."""
        left, right = (side[rows[side].any(axis=1)] for side in (self.left_rows, self.right_rows))
        return vector_pairs(rows, left, right) if len(left) and len(right) else NO_PAIRS

    def with_learned(self, signals: Signals) -> Desk:
        """The same desk with the signals of another encoder; what does not depend on it is not made again."""
        desk = replace(self, learned_signals=signals)
        self._hand_over(desk, "closed_signals", "lexical_candidates", "features")
        return desk

    def with_reader(self, reader: Reader) -> Desk:
        """The same desk with a reader."""
        desk = replace(self, reader=reader)
        self._hand_over(desk, *self.__dict__.keys() - {field.name for field in fields(self)})
        return desk

    def _hand_over(self, desk: Desk, *names: str) -> None:
        """Give another desk what was made already."""
        desk.__dict__.update({name: self.__dict__[name] for name in names if name in self.__dict__})

    @cached_property
    def shortlist(self) -> PairRows:
        """The candidates that are among the few best of either side, by wording or as learned."""
        pairs = self.candidates
        near = np.zeros(len(pairs), bool)
        learned = self.learned_scores["learned meaning"]
        seen = [self.closed_scores[name] for name in self.seen]
        standings = [self.rivals(pairs, scores, scores) for scores in (learned, *seen)]
        for standing in (self.wording_standing, *standings):
            near |= np.minimum(standing.left_rank, standing.right_rank) < _SHORT
        return pairs.take(near)

    @cached_property
    def features(self) -> PairFeatures:
        """The comparer of two records."""
        rows = np.concatenate([self.left_rows, self.right_rows])
        facts = Facts.of(self.catalog, self.listings, rows)
        return PairFeatures(facts, self.bags, self.closed.vocabulary)

    @cached_property
    def closed_scores(self) -> Columns:
        """The candidates' cosines under each closed signal."""
        return {name: score_pairs(rows, self.candidates) for name, rows in self.closed_signals.items()}

    @cached_property
    def learned_scores(self) -> Columns:
        """The candidates' cosines under each learned signal."""
        return self.candidate_scores(self.learned_signals)

    def kept(self, scorer: object, make: Callable[[], npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
        """What `make` gave for a scorer at first: what it makes of all candidates is worked out once."""
        memory = self.__dict__.setdefault("kept scores", {})
        if id(scorer) not in memory:
            memory[id(scorer)] = (scorer, make())  # with the scorer, so that no other one gets its id
        return np.asarray(memory[id(scorer)][1])

    def candidate_scores(self, signals: Signals) -> Columns:
        """The candidates' cosines under other signals, those of a fold's encoder for instance."""
        return {name: score_pairs(rows, self.candidates) for name, rows in signals.items()}

    def columns(
        self,
        pairs: PairRows,
        context: Context,
        matches: PairRows,
        learned: Signals | None = None,
        reader: Reader | None = None,
    ) -> Columns:
        """All that `context` allows to know of the pairs, float32 `[m]` a column.

        Of one set matched with itself, the columns of either side are told as the lesser and the greater, and
        nothing is told of rivals: the best of them may be the same product once more.
        `matches` are the confirmed ones, which only the context "known" looks at. `learned` are the signals
        of an encoder that has not seen these pairs' labels, and `reader` one that has not, by default the
        desk's own.
        """
        columns = self.features.columns(pairs)
        signals = {**self.closed_signals, **(learned or self.learned_signals)}
        scores = {name: score_pairs(rows, pairs) for name, rows in signals.items()}
        columns.update(scores)
        reader = reader or self.reader
        if reader is not None:
            columns[READING] = reader.column(pairs, sideless(columns) if self.alone else columns)
        if context != "pair" and not self.alone:  # among copies of itself a product's best rival is itself
            others = self.candidate_scores(learned) if learned else self.learned_scores
            for name, theirs in {**self.closed_scores, **others}.items():
                columns.update(self._standing(name, pairs, scores[name], theirs))
        for name in self.seen:
            columns.update(self._told(name, pairs, columns))
        if context == "known":
            columns.update(self._known(pairs, matches))
        return sideless(columns) if self.alone else columns

    def _told(self, name: str, pairs: PairRows, columns: Columns) -> Columns:
        """The columns of what is seen, NaN for the pairs of which one side has nothing to see."""
        has = self.seen[name].any(axis=1)
        both = has[pairs.left] & has[pairs.right]
        mine = {each: column for each, column in columns.items() if each.split(" ")[0] == name}
        return {each: np.where(both, column, np.float32(np.nan)) for each, column in mine.items()}

    def _known(self, pairs: PairRows, matches: PairRows) -> Columns:
        """What is known of products, or else of the partners that either side already has."""
        products = self.products(matches)
        if products is not None:
            return products.columns(pairs)
        return known_columns(pairs, matches, self.closed_signals["wording"])

    @cached_property
    def wording_standing(self) -> Rivals:
        """How the candidates stand among each other by the untrained wording."""
        scores = self.closed_scores["wording"]
        return self.rivals(self.candidates, scores, scores)

    def margins(self, name: str, pairs: PairRows) -> npt.NDArray[np.float64]:
        """How far each pair's cosine under a closed signal lies above its rivals', the mean of both sides."""
        scores = score_pairs(self.closed_signals[name], pairs)
        return self.rivals(pairs, scores, self.closed_scores[name]).margins(scores)

    def rivals(
        self, pairs: PairRows, scores: npt.NDArray[np.floating], theirs: npt.NDArray[np.floating]
    ) -> Rivals:
        """How pairs with `scores` stand among the candidates, which have the scores `theirs`."""
        candidates = self.candidates
        return rivals((pairs.left, pairs.right, scores), (candidates.left, candidates.right, theirs))

    def _standing(
        self, name: str, pairs: PairRows, scores: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]
    ) -> Columns:
        """The pairs' margins and ranks among their rivals under one signal."""
        found = self.rivals(pairs, scores, theirs)
        left, right = scores - found.left_best, scores - found.right_best
        standing = {
            "margin left": left,
            "margin right": right,
            "margin": (left + right) / 2,
            "margin least": np.minimum(left, right),
            "rank left": found.left_rank,
            "rank right": found.right_rank,
        }
        return {f"{name} {what}": np.asarray(v, np.float32) for what, v in standing.items()}


def sideless(columns: Columns) -> Columns:
    """The columns with the two of either side as the lesser and the greater of them, wherever they differ."""
    found = {}
    for name, column in columns.items():
        words = name.split(" ")
        if "right" in words or name == "price ratio":  # which is told as a distance too
            continue
        other = columns.get(" ".join("right" if word == "left" else word for word in words))
        if other is None or "left" not in words:
            found[name] = column
            continue
        for which, choose in (("lesser", np.fmin), ("greater", np.fmax)):
            found[" ".join(which if word == "left" else word for word in words)] = choose(column, other)
    return found
