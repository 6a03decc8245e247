"""Blocking that learns: how near a pair must be to be looked at, so that hardly any match is missed.

A pair's nearness is a mixture of cosines, exact wording and what was learned, less a share of the best that
its two products have with anyone else: so it knows that some products have many look-alikes and others none,
which a fixed number of neighbours does not. Mixture, share and cut come from matches that the encoder has not
seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.encoders.tokens import Int64
from shelfspace.space.index import Index
from shelfspace.tasks.match.candidates import PairRows, lexical_pairs, neighbour_pairs, vector_pairs
from shelfspace.tasks.match.context import rivals
from shelfspace.tasks.match.desk import Columns, Desk
from shelfspace.tasks.match.recall import Promise, promise
from shelfspace.tasks.match.signals import Signals, score_pairs
from shelfspace.tasks.match.trees import unreadable

Float64 = npt.NDArray[np.float64]


class Mixture(NamedTuple):
    """Nearness: `weight` parts wording, the rest learned, less `share` of the best of both sides' rivals."""

    weight: float
    share: float


WIDE = 20  # neighbours of either side under either signal among which pairs are chosen
SHARES = (0.2, 0.3, 0.4, 0.5)
MIXTURES = tuple(Mixture(weight, share) for weight in (0.0, 1 / 3, 2 / 3, 1.0) for share in SHARES)
_JUDGED_AT = (0.9, 0.95, 0.98, 0.99)  # shares of the matches kept, at which weights are compared
_MOST_HELD_OUT = 5_000


@dataclass(frozen=True)
class HeldOut:
    """Matches, and how to get the signals of an encoder that has not seen them."""

    matches: PairRows
    signals: Callable[[], Signals]


@dataclass(frozen=True)
class Blocked:
    """The `pairs` chosen among all of `n_left` and `n_right` products, and what was promised of them.

    `origin` is that of the held-out matches, see `Blocking`.
    """

    pairs: PairRows
    promise: Promise
    n_left: int
    n_right: int
    origin: str

    @property
    def per_product(self) -> float:
        """How many candidates a left product has, in the mean."""
        return len(self.pairs) / max(self.n_left, 1)

    @property
    def reduction_ratio(self) -> float:
        """The share of all pairs that nobody looks at."""
        return 1 - len(self.pairs) / max(self.n_left * self.n_right, 1)

    def figures(self) -> dict[str, float | str]:
        """What a user wants to know of it, by name."""
        return {
            "recall_expected": round(self.promise.recall, 4),
            "recall_at_least": round(self.promise.lower, 4),
            "recall_judged_by": self.origin,
            "held_out_matches": float(self.promise.held_out),
            "candidates": float(len(self.pairs)),
            "candidates_per_product": round(self.per_product, 3),
            "reduction_ratio": round(self.reduction_ratio, 6),
        }

    def __str__(self) -> str:
        promise = self.promise
        few = "" if promise.sure else ", too few to be sure of more"
        judged = {
            "labels": "held-out labelled matches",
            "gtin": "held-out pairs with equal numbers",
            "none": "pairs the matcher itself found: without labels or numbers the true recall is lower",
        }[self.origin]
        return (
            f"{len(self.pairs):,} candidates, {self.per_product:.2f} a left product, keep "
            f"{promise.recall:.2%} of {promise.held_out:,} {judged} "
            f"(at least {promise.lower:.2%} with 90 % confidence{few})."
        )


@dataclass(frozen=True)
class Blocking:
    """The rule that chooses pairs: those whose nearness under `mixture` is not below a cut.

    `scores` float64 `[m]` are the nearness of held-out matches, -inf for one that is not among the neighbours
    at all; `origin` says where the matches come from: "labels", "gtin", or "none" where the matcher itself
    found them.
    """

    mixture: Mixture
    scores: Float64
    origin: str

    def promise(self, recall: float) -> Promise:
        """The cut that keeps at least `recall` of matches like the held-out ones; see `recall.promise`."""
        return promise(self.scores, recall)

    def block(self, desk: Desk, recall: float) -> Blocked:
        """The pairs worth scoring for this recall, by left row and then by right row.

        Raises `OptionError` where so much cannot be promised.
        """
        found, pool = self.promise(recall), wide_pairs(desk)
        near = nearness(self.mixture, cosines(desk, desk.learned_signals, pool), pool)
        return Blocked(
            pool.take(near >= found.cut), found, len(desk.left_rows), len(desk.right_rows), self.origin
        )

    def to_json(self) -> str:
        """The rule as text."""
        scores = [None if np.isinf(value) else float(value) for value in self.scores]
        return json.dumps({"mixture": self.mixture, "scores": scores, "origin": self.origin})

    @classmethod
    def from_json(cls, text: str) -> Blocking:
        """The rule that `to_json` wrote; `SpaceError` for anything else."""
        try:
            parts = json.loads(text)
            scores = np.array([-np.inf if value is None else value for value in parts["scores"]], np.float64)
            weight, share = parts["mixture"]
            return cls(Mixture(float(weight), float(share)), scores, str(parts["origin"]))
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(error) from error


def fit_blocking(desk: Desk, held_out: Sequence[HeldOut], origin: str) -> Blocking:
    """The rule for a desk, from matches that the encoders beside them have not seen.

    The mixture is the one under which the fewest of the desk's candidates are at least as near as nine in ten
    to 99 in 100 of the matches, in the geometric mean; the matches' scores are kept, so that any recall can
    be asked for later. Of many matches 5,000 are looked at. Without any the rule promises nothing.
    """
    tried = [_scores_of_matches(desk, part) for part in _thinned(held_out) if len(part.matches)]
    if not tried:
        return Blocking(Mixture(1 / 3, 0.3), np.empty(0), origin)
    scores = {mixture: np.concatenate([part[mixture] for part in tried]) for mixture in MIXTURES}
    pool = desk.candidates
    known = desk.closed_scores["wording"].astype(np.float64), _mean(desk.learned_scores)
    best = min(MIXTURES, key=lambda mixture: _cost(nearness(mixture, known, pool), scores[mixture]))
    return Blocking(best, scores[best], origin)


def wide_pairs(desk: Desk) -> PairRows:
    """The 20 nearest of either side by wording and by the learned vectors."""
    sides = desk.left_rows, desk.right_rows
    return PairRows.union(
        [
            lexical_pairs(desk.closed_signals["wording"], *sides, WIDE),
            vector_pairs(desk.learned_signals["learned meaning"], *sides, WIDE),
        ]
    )


def near_pairs(desk: Desk, signals: Signals, matches: PairRows) -> PairRows:
    """What `wide_pairs` would hold of the products of `matches` with other signals."""
    wording, vectors = desk.closed_signals["wording"], signals["learned meaning"]
    left, right = np.unique(matches.left), np.unique(matches.right)
    parts = []
    for queries, items, flipped in ((left, desk.right_rows, False), (right, desk.left_rows, True)):
        for found in (
            lexical_neighbours(wording[queries], wording[items], WIDE),
            Index.build(vectors[items]).search(vectors[queries], WIDE),
        ):
            parts.append(neighbour_pairs(found, queries, items, flipped=flipped))
    return PairRows.union(parts)


def cosines(desk: Desk, signals: Signals, pairs: PairRows) -> tuple[Float64, Float64]:
    """The pairs' cosines by exact wording, and the mean of those that were learned: float64 `[m]` each."""
    learned = {name: score_pairs(rows, pairs) for name, rows in signals.items()}
    return score_pairs(desk.closed_signals["wording"], pairs).astype(np.float64), _mean(learned)


def nearness(mixture: Mixture, known: tuple[Float64, Float64], pairs: PairRows) -> Float64:
    """How near the pairs are beside their rivals among the same pairs: float64 `[m]`."""
    mixed = mixture.weight * known[0] + (1 - mixture.weight) * known[1]
    best = rivals((pairs.left, pairs.right, mixed), (pairs.left, pairs.right, mixed))
    return np.asarray(mixed - mixture.share * (best.left_best + best.right_best), np.float64)


def _scores_of_matches(desk: Desk, part: HeldOut) -> dict[Mixture, Float64]:
    """The nearness of held-out matches under every mixture; -inf for those that are no neighbours."""
    signals = part.signals()
    pool = near_pairs(desk, signals, part.matches)
    known = cosines(desk, signals, pool)
    place = np.minimum(np.searchsorted(pool.keys(), part.matches.keys()), max(len(pool) - 1, 0))
    reached = part.matches.within(pool)
    found = {mixture: np.full(len(part.matches), -np.inf) for mixture in MIXTURES}
    for mixture, scores in found.items():
        scores[reached] = nearness(mixture, known, pool)[place[reached]]
    return found


def _mean(learned: Columns) -> Float64:
    return np.asarray(np.mean(list(learned.values()), axis=0), np.float64)


def _cost(everyone: Float64, matches: Float64) -> float:
    """The mean log number of pairs that are as near as nine in ten to 99 in 100 of the matches."""
    falling, rising = np.sort(matches)[::-1], np.sort(everyone)
    cuts = [falling[max(int(np.ceil(share * len(falling))), 1) - 1] for share in _JUDGED_AT]
    return float(np.mean([np.log1p(len(rising) - np.searchsorted(rising, cut)) for cut in cuts]))


def _thinned(held_out: Sequence[HeldOut]) -> list[HeldOut]:
    """The same, at random no more than 5,000 matches altogether."""
    n = sum(len(part.matches) for part in held_out)
    if n <= _MOST_HELD_OUT:
        return list(held_out)
    rng = np.random.default_rng(0)
    kept = []
    for part in held_out:
        chosen: Int64 = np.sort(rng.permutation(len(part.matches))[: _MOST_HELD_OUT * len(part.matches) // n])
        kept.append(HeldOut(part.matches.take(chosen), part.signals))
    return kept
