"""The fitted matcher: how probable it is that two listings are one product."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.tokens import Int64
from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.space import Space
from shelfspace.tasks.match.assignment import one_to_one
from shelfspace.tasks.match.blocking import Blocked, Blocking
from shelfspace.tasks.match.candidates import NO_PAIRS, PairRows
from shelfspace.tasks.match.desk import Columns, Context, Desk
from shelfspace.tasks.match.guided import Guided, fit_guided
from shelfspace.tasks.match.held_out import blocking_of
from shelfspace.tasks.match.kinds import kind_of
from shelfspace.tasks.match.labelled import LabelledPairs, fit_scorer, with_prior
from shelfspace.tasks.match.selftrained import SelfTrained, fit_self_trained
from shelfspace.tasks.match.study import (
    MatchStudy,
    Preset,
    desk_of_space,
    labels_of_pairs,
    study_match,
)
from shelfspace.tasks.match.transfer import Lent, Transferred, fit_lent
from shelfspace.tasks.match.trees import TreeScorer, platt, probability, unreadable
from shelfspace.tasks.match.tuned import kept, restored
from shelfspace.views.aliases import learn_aliases, with_aliases

Float64 = npt.NDArray[np.float64]

#: What equal or different trade item numbers add to the log-odds, where they were the labels to learn from.
#: They settle what the texts leave open, and yield to texts that plainly disagree: numbers are mistyped too.
GTIN_LOG_ODDS = 4.6
_TEXT_LOG_ODDS = 3.0
#: With fewer labelled matches than this the scorer without labels is worth starting from.
FEW_MATCHES = 300
_CHUNK = 200_000  # pairs whose hundred columns are held at once


class Scorer(Protocol):
    """What turns pairs at a desk into probabilities."""

    @property
    def threshold(self) -> float:
        """The probability from which on a pair counts as a match, inclusive."""

    def log_odds_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds that each pair is one product, float64 `[m]`."""

    def contributions_at(self, desk: Desk, pair: PairRows) -> tuple[dict[str, float], float]:
        """What each kind of evidence adds to one pair's log-odds, and the log-odds they start from."""

    def votes_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds that each member of the committee behind it gives: float64 `[members, m]`."""

    def to_json(self) -> str:
        """The scorer as text."""


@dataclass(frozen=True)
class TreeMatch:
    """Trees over what `context` allows; `matches` are confirmed, `by_gtin` says how they learned.

    `prior` is what they start from, where another space has lent it.
    """

    trees: TreeScorer
    context: Context
    matches: PairRows
    by_gtin: bool = False
    prior: Lent | None = None

    @property
    def threshold(self) -> float:
        """Where validation pairs had the best F1."""
        return self.trees.threshold

    def columns_at(self, desk: Desk, pairs: PairRows) -> Columns:
        """What the trees see of the pairs."""
        return with_prior(desk.columns(pairs, self.context, self.matches), desk, pairs, self.prior)

    def log_odds_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The trees' log-odds; trade item numbers are weighed in where the trees never saw them."""
        parts = [np.zeros(0)]
        for start in range(0, len(pairs), _CHUNK):
            columns = self.columns_at(desk, pairs.take(slice(start, start + _CHUNK)))
            parts.append(self.settled(self.trees.log_odds(columns), columns))
        return np.concatenate(parts)

    def votes_at(self, desk: Desk, pairs: PairRows) -> Float64:
        """The log-odds that each booster gives alone: float64 `[boosters, m]`."""
        columns = self.columns_at(desk, pairs)
        return np.stack([self.settled(vote, columns) for vote in self.trees.votes(columns)])

    def settled(self, log_odds: Float64, columns: Columns) -> Float64:
        """The log-odds with what equal or different trade item numbers add."""
        if not self.by_gtin:
            return log_odds
        said = np.nan_to_num(columns["gtin"] * 2 - 1).astype(np.float64)
        clipped = np.clip(log_odds, -_TEXT_LOG_ODDS, _TEXT_LOG_ODDS)
        return np.where(said == 0, log_odds, clipped + GTIN_LOG_ODDS * said)

    def contributions_at(self, desk: Desk, pair: PairRows) -> tuple[dict[str, float], float]:
        """SHAP values of one pair, summed over the columns of one kind."""
        columns = self.columns_at(desk, pair)
        parts, base = self.trees.contributions(columns)
        amounts: dict[str, float] = {}
        for name, amount in zip(self.trees.columns, parts[0].tolist(), strict=True):
            amounts[kind_of(name)] = amounts.get(kind_of(name), 0.0) + amount
        text = self.trees.log_odds(columns)
        settled = float((self.settled(text, columns) - text)[0])
        return amounts | ({"GTIN": settled} if settled else {}), base

    def to_json(self) -> str:
        """The trees, and what they were told."""
        return json.dumps(
            {
                "kind": "trees",
                "trees": self.trees.to_json(),
                "context": self.context,
                "matches": [self.matches.left.tolist(), self.matches.right.tolist()],
                "by_gtin": self.by_gtin,
                "prior": None if self.prior is None else self.prior.to_json(),
            }
        )


@dataclass(frozen=True)
class Matcher:
    """A scorer of the pairs of two sets of rows of `catalog`, and the desk it works at, set up when needed.

    `origin` says what it learned from: "labels", "gtin" or "none"; "stored" for one that a space kept.
    `blocking` chooses the pairs for a recall that is asked for.
    """

    catalog: Catalog
    scorer: Scorer
    origin: str
    set_up: Callable[[], Desk]
    stored: tuple[PairRows, Float64] | None = None
    blocking: Blocking | None = None

    @cached_property
    def desk(self) -> Desk:
        """Where pairs are compared."""
        return self.set_up()

    @cached_property
    def shortlist(self) -> tuple[PairRows, Float64]:
        """Every pair that could be a match, and its log-odds."""
        if self.stored is not None:
            return self.stored
        pairs = self.desk.shortlist
        return pairs, self.scorer.log_odds_at(self.desk, pairs)

    def blocked(self, recall: float) -> Blocked:
        """The pairs that hold this share of all matches; `OptionError` where so much cannot be promised."""
        if self.blocking is None:
            raise OptionError(
                f"A recall of {recall:g} was asked for, and this space does not know how to promise one.",
                "Matches that were held out when the space was fitted judge it, and it kept none.",
                "Fit the space again with this version, or leave --recall out.",
            )
        return self.blocking.block(self.desk, recall)

    def sure(self) -> PairRows:
        """The pairs of the shortlist that it takes for matches, one for each product."""
        pairs, log_odds = self.shortlist
        above = probability(log_odds) >= self.threshold
        pairs, log_odds = pairs.take(above), log_odds[above]
        return pairs.take(one_to_one(pairs, log_odds))

    def with_shortlist(self, pairs: PairRows) -> Matcher:
        """The same with these pairs as its shortlist."""
        return replace(self, stored=(pairs, self.scorer.log_odds_at(self.desk, pairs)))

    @property
    def threshold(self) -> float:
        """The probability from which on a pair counts as a match, inclusive."""
        return self.scorer.threshold

    def probabilities(self, pairs: PairRows) -> Float64:
        """The calibrated probability that each pair is one product, float64 `[m]`; higher is surer."""
        return probability(self.scorer.log_odds_at(self.desk, pairs))

    def artifacts(self, left: str, right: str) -> dict[str, bytes]:
        """What a space keeps of the matcher of two shops: the scorer, and the shortlist as Parquet."""
        pairs, log_odds = self.shortlist
        table = pl.DataFrame({"left": pairs.left, "right": pairs.right, "log_odds": log_odds})
        written = io.BytesIO()
        table.write_parquet(written)
        name = artifact_name(left, right)
        found = {"json": self.scorer.to_json().encode(), "parquet": written.getvalue(), **kept(self.desk)}
        if self.blocking is not None:
            found["blocking.json"] = self.blocking.to_json().encode()
        return {f"{name}.{what}": blob for what, blob in found.items()}


def fit_matcher(
    catalog: Catalog,
    left_rows: Int64,
    right_rows: Int64,
    *,
    train: LabelledPairs | None = None,
    valid: LabelledPairs | None = None,
    context: Context = "known",
    preset: Preset = "balanced",
    seed: int = 0,
) -> Matcher:
    """Learn to match two sets of rows from labelled pairs, or without any where `train` is None."""
    study = study_match(catalog, left_rows, right_rows, train=train, valid=valid, preset=preset, seed=seed)
    return with_blocking(matcher_of(study, context=context, seed=seed), study)


def with_blocking(matcher: Matcher, study: MatchStudy) -> Matcher:
    """The matcher of a study with the rule that chooses its pairs."""
    found = replace(matcher, blocking=blocking_of(study, matcher.sure))
    found.__dict__.update({name: matcher.__dict__[name] for name in ("desk",) if name in matcher.__dict__})
    return found


def matcher_of(
    study: MatchStudy,
    *,
    context: Context = "known",
    transferred: Transferred | None = None,
    seed: int = 0,
) -> Matcher:
    """The matcher of a study: trees where there are labels or trade item numbers, else self-trained.

    What another space lends, `transferred`, is half of the score without labels; with them the trees start
    from that score, unless they may know the two records alone, since it looks at the whole tables.
    """
    desk = study.desk
    lent = None if transferred is None else fit_lent(desk, transferred, seed=seed)
    if study.train is None or study.valid is None:
        scorer: Scorer = lent or fit_self_trained(desk, seed=seed)
        return Matcher(desk.catalog, scorer, study.origin, lambda: desk)
    by_gtin = study.origin == "gtin"
    # Trade item numbers are the labels then: neither they nor the matches they imply may be looked at.
    context = "table" if by_gtin and context == "known" else context
    hidden = ("gtin",) if by_gtin else ()
    prior = None if context == "pair" else lent
    trees = fit_scorer(
        desk, study.train, study.valid, study.folds, context=context, hidden=hidden, prior=prior, seed=seed
    )
    confirmed = NO_PAIRS if by_gtin else PairRows.union([study.train.matches, NO_PAIRS])
    scorer = TreeMatch(trees, context, confirmed, by_gtin, prior)
    few = not by_gtin and context != "pair" and len(study.train.matches) < FEW_MATCHES
    if few and prior is None and desk.reader is None:
        guided = fit_guided(desk, study.train, study.valid, study.folds, context=context, seed=seed)
        scorer = _guarded(scorer, guided, desk, study.valid)
    return Matcher(desk.catalog, scorer, study.origin, lambda: desk)


def _guarded(taught: Scorer, guided: Scorer, desk: Desk, valid: LabelledPairs) -> Scorer:
    """The scorer that few labels correct, unless validation is sure that labels alone do better.

    Both are judged by the log-loss of the validation pairs, each calibrated on them; the difference must
    exceed twice its standard error, since few labels are few to judge by too.
    """

    def losses(scorer: Scorer) -> Float64:
        odds = scorer.log_odds_at(desk, valid.pairs)
        slope, offset = platt(odds, valid.labels)
        odds = slope * odds + offset
        return np.asarray(np.logaddexp(0, odds) - valid.labels * odds, np.float64)

    gains = losses(guided) - losses(taught)
    sure = len(gains) > 1 and gains.mean() > 2 * gains.std(ddof=1) / np.sqrt(len(gains))
    return taught if sure else guided


def matcher_of_space(
    space: Space, left: str, right: str, *, labels: Literal["space", "none"] | str = "space"
) -> Matcher:
    """The matcher of two shops of a space: the one that `fit` kept, or one learned now and kept in memory.

    Raises `CatalogError` for an unknown shop, `OptionError` for other `labels`.
    """
    if labels not in ("space", "none"):
        raise OptionError(f"labels is {labels!r}.", 'It is "space" or "none".', "Mend it.")
    rows = space.catalog.rows_of_shop(left), space.catalog.rows_of_shop(right)
    name = artifact_name(left, right)

    def make() -> Matcher:
        if labels == "space" and f"{name}.json" in space.artifacts:
            scorer = scorer_from_json(space.artifacts[f"{name}.json"].decode())
            stored = _shortlist_of(space.artifacts.get(f"{name}.parquet", b""))
            blobs = {what.removeprefix(f"{name}."): blob for what, blob in space.artifacts.items()}
            rule = blobs.get("blocking.json")
            blocking = None if rule is None else Blocking.from_json(rule.decode())

            def set_up() -> Desk:
                return restored(desk_of_space(space, *rows), blobs)

            return Matcher(space.catalog, scorer, "stored", set_up, stored, blocking)
        both = space.catalog.take(np.concatenate(rows))
        if labels == "none":  # nor may labels speak through the aliases that they taught
            both = with_aliases(both, learn_aliases(both))
        sides = np.arange(len(rows[0])), np.arange(len(rows[0]), len(both))
        labelled = labels_of_pairs(both, space.pairs.table, *sides) if labels == "space" else None
        train = labelled if labelled is not None and len(labelled.labels) else None
        return fit_matcher(both, *sides, train=train, seed=space.seed)

    return space.part(f"{name} {labels}", make)


def refreshed(space: Space, left: str, right: str) -> Matcher:
    """The matcher that the space keeps of two shops, with their present products looked for again."""
    return replace(matcher_of_space(space, left, right), stored=None)


def _shortlist_of(written: bytes) -> tuple[PairRows, Float64]:
    """The shortlist that `Matcher.artifacts` wrote; `SpaceError` for anything else."""
    try:
        table = pl.read_parquet(written)
        return PairRows(table["left"].to_numpy(), table["right"].to_numpy()), table["log_odds"].to_numpy()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SpaceError(
            f"The stored matches cannot be read ({error}).",
            "They are the Parquet table that fit wrote.",
            "Roll back to an earlier version of the space, or fit again.",
        ) from error


def artifact_name(left: str, right: str) -> str:
    """Under which name a space keeps the scorer of two shops."""
    digest = hashlib.sha256(json.dumps([left, right]).encode()).hexdigest()[:16]
    return f"match-{digest}"


def scorer_from_json(text: str) -> Scorer:
    """The scorer that `to_json` wrote; `SpaceError` for anything else."""
    try:
        parts = json.loads(text)
        readers: dict[str, Callable[[str], Scorer]] = {
            "self-trained": SelfTrained.from_json,
            "guided": Guided.from_json,
            "lent": Lent.from_json,
        }
        if parts["kind"] in readers:
            return readers[parts["kind"]](text)
        left, right = (np.array(rows, np.int64) for rows in parts["matches"])
        trees = TreeScorer.from_json(parts["trees"])
        lent = parts.get("prior")
        prior = None if lent is None else Lent.from_json(lent)
        return TreeMatch(trees, parts["context"], PairRows(left, right), bool(parts["by_gtin"]), prior)
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(error) from error
