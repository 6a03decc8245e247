"""Transfer: what a space fitted on other feeds lends to a new match.

Two things travel: the encoder's token weights (see `encoders.carried`), and the trees that compare two
records, since what they look at has the same names for all feeds: codes that agree, numbers that differ,
words in common. Their probabilities do not travel, for other feeds have other odds; but which of a product's
candidates they put first does. So what counts is the margin of a pair over its rivals, added to that which
the feeds teach.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.errors import SpaceError
from shelfspace.space.space import Space
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import Columns, Context, Desk
from shelfspace.tasks.match.selftrained import SelfTrained, fit_self_trained
from shelfspace.tasks.match.trees import TreeScorer, unreadable

Float64 = npt.NDArray[np.float64]

_SPAN = 20.0  # log-odds beyond which trees are as sure as can be
_NOBODY = PairRows(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True)
class Transferred:
    """Trees of other feeds, and what they were allowed to see of a pair."""

    trees: tuple[TreeScorer, ...]
    context: Context

    def log_odds_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """What the trees say of the pairs, as if nothing had been learned of these feeds: float64 `[m]`.

        The wording stands in for what their own encoder had learned, and trade item numbers are left out, so
        that no label of these feeds enters; nothing is known to be matched; what these feeds lack is missing.
        """
        wording = desk.closed_signals["wording"]
        untaught = dict.fromkeys(desk.learned_signals, wording)
        columns = desk.columns(pairs, self.context, _NOBODY, untaught)
        columns.pop("gtin", None)  # numbers may be the labels to be learned from here
        odds = [trees.log_odds(_completed(columns, trees, len(pairs))) for trees in self.trees]
        return np.asarray(np.clip(np.mean(odds, axis=0), -_SPAN, _SPAN), np.float64)

    def margins_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """How far the pairs lie above their rivals, in the trees' log-odds: float64 `[m]`."""
        mine, theirs = self.log_odds_at(desk, pairs) / _SPAN, self._candidates(desk) / _SPAN
        return desk.rivals(pairs, mine, theirs).margins(mine) * _SPAN

    def _candidates(self, desk: Desk) -> Float64:
        """What the trees say of the desk's candidates; asked again and again, so kept with the desk."""
        kept = desk.__dict__.get("transferred")
        if kept is None or kept[0] is not self:
            kept = desk.__dict__["transferred"] = (self, self.log_odds_at(desk, desk.candidates))
        found: Float64 = kept[1]
        return found


@dataclass(frozen=True)
class Lent:
    """The label-free scorer of these feeds and the trees of others, half each.

    Both are margins over the rivals, on the scales that candidates which are each other's best have; so 0 is
    where a pair and its rivals are equally good, and the threshold one half.
    """

    own: SelfTrained
    transferred: Transferred
    own_scale: float
    scale: float
    threshold: float = 0.5

    def log_odds_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds that each pair is one product, float64 `[m]`."""
        return np.asarray(self.votes_at(desk, pairs).mean(axis=0), np.float64)

    def votes_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds by these feeds alone and by the other feeds' trees: float64 `[2, m]`."""
        lent = self.transferred.margins_at(desk, pairs) * (self.own_scale / self.scale)
        return np.stack([self.own.log_odds_at(desk, pairs), lent])

    def contributions_at(self, desk: Desk, pair: PairRows) -> tuple[dict[str, float], float]:
        """What wording, records and the other feeds' trees add to one pair's log-odds, which start from 0."""
        parts, base = self.own.contributions_at(desk, pair)
        lent = float(self.votes_at(desk, pair)[1, 0])
        return {name: part / 2 for name, part in parts.items()} | {"what other shops taught": lent / 2}, base

    def to_json(self) -> str:
        """The scorer as text."""
        return json.dumps(
            {
                "kind": "lent",
                "own": self.own.to_json(),
                "trees": [trees.to_json() for trees in self.transferred.trees],
                "context": self.transferred.context,
                "own_scale": self.own_scale,
                "scale": self.scale,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Lent:
        """The scorer that `to_json` wrote; `SpaceError` for anything else."""
        try:
            parts = json.loads(text)
            trees = tuple(TreeScorer.from_json(part) for part in parts["trees"])
            transferred = Transferred(trees, parts["context"])
            own = SelfTrained.from_json(parts["own"])
            return cls(own, transferred, float(parts["own_scale"]), float(parts["scale"]))
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(error) from error


def fit_lent(desk: Desk, transferred: Transferred, *, seed: int = 0) -> Lent:
    """The scorer that needs no label of these feeds: what they teach themselves, and what others taught."""
    own = fit_self_trained(desk, seed=seed)
    best = desk.wording_standing.mutual
    if not best.any():
        return Lent(own, transferred, 1.0, 1.0)
    mutual = desk.candidates.take(best)
    own_scale = float(own.log_odds_at(desk, mutual).std()) or 1.0
    return Lent(own, transferred, own_scale, float(transferred.margins_at(desk, mutual).std()) or 1.0)


def transferred_from(space: Space) -> Transferred:
    """The trees that a space keeps for its two shops.

    Raises `SpaceError` where it keeps none: it holds one shop or many, or learned nothing about pairs.
    """
    names = sorted(
        name
        for name in space.artifacts
        if name.startswith("match-") and name.endswith(".json") and name.count(".") == 1
    )
    found = [lendable(space.artifacts[name].decode()) for name in names]
    taught = [one for one in found if one.trees]
    if not taught:
        raise SpaceError(
            f"The space to start from holds the shops {', '.join(space.catalog.shops)} and keeps no trained "
            f"pair scorer.",
            "What is lent to other shops is the scorer that fit learns from two shops.",
            "Start from a space that was fitted on two shops, or leave --init out.",
        )
    return taught[0]


def lendable(text: str) -> Transferred:
    """The trees of a scorer that `to_json` wrote; none where it has none. `SpaceError` for anything else."""
    try:
        parts = json.loads(text)
        kind = parts["kind"]
        if kind == "trees":
            return Transferred((TreeScorer.from_json(parts["trees"]),), parts["context"])
        if kind == "guided":  # its trees stand on a start that only its own feeds have
            return lendable(parts["start"])
        trees = tuple(TreeScorer.from_json(part) for part in parts["trees"])
        return Transferred(trees, parts.get("context", "pair"))
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(error) from error


@dataclass(frozen=True)
class Init:
    """What a match starts from: token weights and trees that other feeds have taught.

    `encoder` is None where theirs is no static one, `transferred` where only texts are to be learned.
    """

    encoder: StaticTextEncoder | None
    transferred: Transferred | None

    @classmethod
    def of_space(cls, space: Space, *, pairs: bool = True) -> Init:
        """What a space lends, with `pairs` its pair scorer too.

        Raises `SpaceError` where it has nothing of what is asked for.
        """
        encoder = space.encoder if isinstance(space.encoder, StaticTextEncoder) else None
        if encoder is None and not pairs:
            raise SpaceError(
                f"The space to start from has an encoder of the kind {space.encoder.kind}.",
                "One shop, or more than two, can start from the token weights of a static encoder only.",
                "Start from a space with the static encoder, or leave --init out.",
            )
        return cls(encoder, transferred_from(space) if pairs else None)


def _completed(columns: Columns, trees: TreeScorer, n: int) -> Columns:
    """The columns that the trees ask for, NaN where there is none."""
    return {name: columns.get(name, np.full(n, np.nan, np.float32)) for name in trees.columns}
