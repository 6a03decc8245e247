"""Which brands and colours a title names, and how often what is named is also what is stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.anomalies.word_evidence import Float32, Verdicts, Words


@dataclass(frozen=True)
class NameEvidence:
    """The evidence of names for the `values` of an attribute; `codes` `[n]` are those stated, -1 for none.

    A value is named where all words of its name stand in the listing. The evidence for a named value is the
    share of other listings naming it that also state it; that for the stated value is 1 where it is named and
    0 where not, so that a listing which names what it states is never held against another name in it.
    """

    words: Words
    codes: Int64
    values: Sequence[str]

    def verdicts(self) -> Verdicts:
        """What the names in each listing say `[n]`."""
        scores, codes = self.scores(np.arange(len(self.codes))), self.codes
        n, stated = np.arange(len(codes)), codes >= 0
        own = np.where(stated, (self._named[n, codes] > 0).astype(np.float32), -np.inf)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :2]
        best, second = order[:, 0], order[:, -1]
        other = np.where(best == codes, second, best)
        best_score, other_score = scores[n, best], scores[n, other]
        named = best_score > 0
        return Verdicts(
            np.where(named, best, -1),
            np.where(named, best_score, -np.inf).astype(np.float32),
            np.zeros(len(codes), np.float32),
            np.asarray(own, np.float32),
            other,
            np.asarray(other_score, np.float32),
        )

    def scores(self, rows: Int64) -> Float32:
        """The evidence for every value `[len(rows), n_values]`, 0 for those that are not named."""
        named = self._named
        stated = self.codes >= 0
        n = np.arange(len(self.codes))
        agreeing = np.asarray((named[n[stated], self.codes[stated]] > 0), np.float64).ravel()
        right = np.bincount(self.codes[stated], agreeing, len(self.values))
        naming = np.asarray(named[stated].sum(axis=0), np.float64).ravel()
        mine = sp.csr_array(named[rows]).astype(np.float64)
        row = np.repeat(np.arange(len(rows)), np.diff(mine.indptr))
        owner = self.codes[rows][row]
        # Without the listing itself, which names the value and may state it.
        top = right[mine.indices] - (owner == mine.indices)
        bottom = naming[mine.indices] - (owner >= 0)
        # In twentieths: a listing more or less that states a name makes no difference.
        mine.data = np.ceil(20 * (top + 0.5) / (bottom + 1)) / 20
        return np.asarray(mine.toarray(), np.float32)

    def gains_of(self, value: int) -> Float32:
        """1 for each word of a value's name, 0 for others `[V]`."""
        return np.asarray(self._names[[value]].toarray(), np.float32).ravel()

    @cached_property
    def _names(self) -> Any:
        return self.words.names_of(self.values)[0]

    @cached_property
    def _named(self) -> Any:
        """Which values each listing names: sparse 0/1 `[n, values]`."""
        names, lengths = self.words.names_of(self.values)
        held = sp.csr_array(self.words.matrix @ names.T)
        held.data = ((held.data >= lengths[held.indices]) & (lengths[held.indices] > 0)).astype(np.float32)
        held.eliminate_zeros()
        return held
