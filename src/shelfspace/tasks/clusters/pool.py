"""The pool: the listings of all shops together, which pairs of them are worth a look, how these compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.data.catalog import Catalog
from shelfspace.data.neighbours import Neighbours
from shelfspace.encoders.bags import Bags, bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.encoders.vocabulary import Vocabulary
from shelfspace.tasks.clusters.standing import Columns, Standing
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.facts import Facts
from shelfspace.tasks.match.features import PairFeatures, same_or_not
from shelfspace.tasks.match.signals import closed_signals, score_pairs

K = 10  # neighbours of each listing by wording


@dataclass(frozen=True)
class Pool:
    """The listings of a catalogue, whatever their shop; `learned` are neighbours that an encoder found.

    Its vocabulary is that of these very listings, so that a code which came in yesterday counts.
    """

    catalog: Catalog
    listings: Listings
    vocabulary: Vocabulary
    bags: Bags
    signals: Mapping[str, Any]
    learned: Neighbours | None = None

    @classmethod
    def of(cls, catalog: Catalog, learned: Neighbours | None = None) -> Pool:
        """The pool of a catalogue; linear in its texts."""
        listings = Listings.of_catalog(catalog)
        vocabulary = fit_vocabulary(listings)
        bags = bags_of(listings, vocabulary)
        closed = StaticTextEncoder.closed_form(vocabulary, dim=1)
        signals = closed_signals(closed, bags, listings)
        signals.setdefault("letters anywhere", signals["letters"])  # without details there is no elsewhere
        return cls(catalog, listings, vocabulary, bags, signals, learned)

    @cached_property
    def candidates(self) -> PairRows:
        """Every pair worth scoring once, the lower row left: the neighbours by wording and as learned."""
        wording = self.signals["wording"]
        parts = [unordered(lexical_neighbours(wording, wording, K + 1))]
        if self.learned is not None:
            parts.append(unordered(self.learned))
        return PairRows.union(parts)

    @cached_property
    def shops(self) -> Int64:
        """The shop of each listing as a number from 0."""
        return self.catalog.table["shop"].rank("dense").to_numpy().astype(np.int64) - 1

    @cached_property
    def standing(self) -> Standing:
        """How near the candidates are in wording."""
        pairs = self.candidates
        return Standing(pairs, score_pairs(self.signals["wording"], pairs), self.shops)

    @cached_property
    def features(self) -> PairFeatures:
        """The comparer of two records."""
        facts = Facts.of(self.catalog, self.listings, np.arange(len(self.catalog)))
        return PairFeatures(facts, self.bags, self.vocabulary)

    def columns(self, pairs: PairRows) -> Columns:
        """What is known of the pairs, float32 `[m]` a column; the same whichever side is left."""
        columns = self.features.columns(pairs)
        columns |= {f"{name} alike": score_pairs(rows, pairs) for name, rows in self.signals.items()}
        columns |= self.standing.columns(pairs, columns["wording alike"])
        return _symmetric(columns)

    def same_number(self, pairs: PairRows) -> npt.NDArray[np.float32]:
        """1 where both have one trade item number, 0 where they have two, NaN where one has none."""
        return same_or_not(self.features.facts.gtins, pairs.left, pairs.right)


def unordered(found: Neighbours) -> PairRows:
    """The pairs that a search of listings among themselves found: once each, none with itself."""
    query, item, _ = found.pairs()
    apart = query != item
    query, item = query[apart], item[apart]
    return PairRows.union([PairRows(np.minimum(query, item), np.maximum(query, item))])


def _symmetric(columns: Columns) -> Columns:
    """The columns with those of a left and a right side as the lesser and the greater of both."""
    told: Columns = {}
    for name, column in columns.items():
        if name.startswith("left "):
            other = columns[name.replace("left", "right", 1)]
            bare = name.removeprefix("left ")
            told[f"{bare} least"], told[f"{bare} most"] = np.fmin(column, other), np.fmax(column, other)
        elif not name.startswith("right ") and name != "price ratio":
            told[name] = column
    return told
