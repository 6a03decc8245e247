"""Learn for a match: the encoder, and the folds that let trees be stacked on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.neighbours import Neighbours
from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product import text_encoder_of
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.space.space import Space
from shelfspace.tasks.match.candidates import K, PairRows, neighbour_pairs
from shelfspace.tasks.match.desk import Desk
from shelfspace.tasks.match.labelled import Fold, LabelledPairs, folds_of, product_folds
from shelfspace.tasks.match.signals import PHOTO, Signals, learned_signals
from shelfspace.tasks.match.tuned import TextModel
from shelfspace.training.gate import Verdict
from shelfspace.training.recipe import TextRecipe
from shelfspace.training.recipe_search import RecipeSearch, recipe_for
from shelfspace.training.study import TextStudy, study_text
from shelfspace.training.text import SHARES, TextLesson, choose_text
from shelfspace.views.evidence import evidence, rows_of_pairs, same, trade_item_numbers

Preset = Literal["fast", "balanced", "best"]
#: What a pair scorer is learned from.
Origin = Literal["labels", "gtin", "none"]
#: Training steps of each encoder; the closed form takes none.
STEPS: dict[Preset, int] = {"fast": 0, "balanced": 200, "best": 300}
_FOLDS = 3
_GATE_PARTS = 7  # of the pairs that the catalogue gives away, one in so many is kept for the gate
_MOST_LABELS = 60_000  # labelled pairs that the trees are given at most
_FEWEST_LABELS = 50  # of either kind, for trade item numbers to stand in for labels
_FEW_MATCHES = 300  # labelled ones, below which what trade item numbers say is learned from beside them
_FEWEST_GIVEN = 5  # labels of either kind that can teach and, one in five, calibrate a scorer


@dataclass(frozen=True)
class MatchStudy:
    """A desk whose encoder has learned from `train`, with the folds that have not seen parts of it.

    `train` is None where there is nothing to learn a pair scorer from; `origin` says where its labels come
    from. `verdict` is the gate's and `search` tells by which recipe; both are None where nothing was trained.
    """

    desk: Desk
    encoder: StaticTextEncoder
    folds: list[Fold]
    train: LabelledPairs | None
    valid: LabelledPairs | None
    origin: Origin
    verdict: Verdict | None
    search: RecipeSearch | None = None


def study_match(
    catalog: Catalog,
    left_rows: Int64,
    right_rows: Int64,
    *,
    train: LabelledPairs | None = None,
    valid: LabelledPairs | None = None,
    preset: Preset = "balanced",
    seed: int = 0,
    init: StaticTextEncoder | None = None,
    text_model: TextModel | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    seen: Signals | None = None,
    tune: int = 0,
    ensemble: int = 1,
) -> MatchStudy:
    """Learn what there is to learn about two sets of rows.

    Without labels, or with fewer than five of either kind, equal and differing trade item numbers of
    candidate pairs stand in for them, where there are enough, and beside few labels they are learned from
    too; else the encoder learns from mutual best matches alone. Where all labels are matches, their rivals
    are taken for different. Without `valid`, a fifth of `train` is kept for calibration and threshold.
    Encoders start from `init`, if there is one. A `text_model` is fine-tuned on the labels and gives a
    further signal and a reader of the open pairs. `seen` are signals of the catalogue's photos.
    `tune` recipes are searched first, and `ensemble` encoders are averaged, see `recipe_for`.
    """
    study = study_text(catalog, seed=seed, init=init)
    desk = replace(_desk(catalog, left_rows, right_rows, study), seen=seen or {})
    train, valid, origin = _labels(desk, train, valid, seed)
    lesson = _lesson(study, desk, train, valid)
    if STEPS[preset] == 0 or not len(lesson.positives):
        everything = np.arange(len(train.labels)) if train is not None else np.empty(0, np.int64)
        return MatchStudy(desk, study.closed, [Fold(everything, study.closed)], train, valid, origin, None)
    start = TextRecipe(steps=STEPS[preset])
    search = recipe_for(study, lesson, start, trials=tune, members=ensemble, seed=seed)
    run = _Run(study, search.recipe, seed, checkpoint, resume)
    if train is None:
        encoder, folds, verdict = run.without_labels(lesson)
    else:
        encoder, folds, verdict = run.with_labels(lesson, train, product_folds(desk, train, _FOLDS, seed))
    desk = desk.with_learned(learned_signals(encoder, study.bags))
    if text_model is not None and train is not None:
        desk, folds = text_model.tuned(desk, folds, train, lesson)
    return MatchStudy(desk, encoder, folds, train, valid, origin, verdict, search)


@dataclass(frozen=True)
class _Run:
    """The trainings of one study."""

    study: TextStudy
    recipe: TextRecipe
    seed: int
    checkpoint: Path | None
    resume: bool

    def with_labels(
        self, lesson: TextLesson, train: LabelledPairs, parts: list[Int64]
    ) -> tuple[StaticTextEncoder, list[Fold], Verdict]:
        """The encoder of all labels, and one without each of `parts`; the first one feeds the gate."""
        learned = self._learn("all", lesson)
        folds = [
            Fold(part, self._learn(f"fold {number} of {_FOLDS}", lesson.without(_rows(train, part))))
            for number, part in enumerate(parts, 1)
        ]
        first = train.take(parts[0])
        verdict = self._gate(
            folds[0].encoder, lesson.without(_rows(train, parts[0])), _rows(first, first.labels == 1)
        )
        share = SHARES[verdict.name]
        blended = [replace(fold, encoder=self._blended(fold.encoder, share)) for fold in folds]
        return self._blended(learned, share), blended, verdict

    def without_labels(self, lesson: TextLesson) -> tuple[StaticTextEncoder, list[Fold], Verdict]:
        """The encoder of what the catalogue gives away, a part of which is kept from it to feed the gate."""
        held = folds_of(np.ones(len(lesson.positives), np.int64), _GATE_PARTS, self.seed)[0]
        rest = lesson.without(lesson.positives[held])
        learned = self._learn("all", rest)
        verdict = self._gate(learned, rest, lesson.positives[held])
        return self._blended(learned, SHARES[verdict.name]), [], verdict

    def _learn(self, name: str, lesson: TextLesson) -> StaticTextEncoder:
        kept = self.checkpoint / name.replace(" ", "-") if self.checkpoint is not None else None
        return self.study.learn(
            lesson,
            self.recipe,
            seed=self.seed,
            label=f"Learning text ({name})",
            checkpoint=kept,
            resume=self.resume,
        )

    def _gate(self, learned: StaticTextEncoder, lesson: TextLesson, held_out: Int64) -> Verdict:
        return choose_text(self.study.closed, learned, lesson, held_out)[1]

    def _blended(self, learned: StaticTextEncoder, share: float) -> StaticTextEncoder:
        return self.study.closed.blended(learned, share)


def gtin_labels(desk: Desk, seed: int) -> LabelledPairs | None:
    """Candidates of which both sides bear a trade item number: the same number is a match, another is not.

    A fair sample of all pairs as far as shops leave numbers out by chance. None where either kind is rare.
    """
    pairs = desk.lexical_candidates
    numbers = trade_item_numbers(desk.catalog)
    left, right = numbers.gather(pairs.left), numbers.gather(pairs.right)
    both = (left.is_not_null() & right.is_not_null()).to_numpy()
    labels = (left == right).fill_null(False).to_numpy()[both].astype(np.int64)
    if min(labels.sum(), len(labels) - labels.sum()) < _FEWEST_LABELS:
        return None
    labelled = LabelledPairs(pairs.take(both), labels)
    if len(labels) <= _MOST_LABELS:
        return labelled
    chosen = np.random.default_rng(seed).choice(len(labels), _MOST_LABELS, replace=False)
    return labelled.take(np.sort(chosen))


def labels_of_pairs(catalog: Catalog, table: pl.DataFrame, left: Int64, right: Int64) -> LabelledPairs:
    """The pairs of a `Pairs` table that lie between the rows `left` and `right`, turned to stand so."""
    one = catalog.rows_of(table, "left_shop", "left_id")
    other = catalog.rows_of(table, "right_shop", "right_id")
    labels = table["label"].to_numpy().astype(np.int64)
    turned = np.isin(one, right) & np.isin(other, left)
    one, other = np.where(turned, other, one), np.where(turned, one, other)
    inside = np.isin(one, left) & np.isin(other, right)
    return LabelledPairs(PairRows(one[inside], other[inside]), labels[inside])


def desk_of_space(space: Space, left: Int64, right: Int64) -> Desk:
    """The desk for two sets of rows of a fitted space."""
    listings = Listings.of_catalog(space.catalog)
    encoder = text_encoder_of(space.encoder)
    vectors = space.text_vectors
    if isinstance(encoder, StaticTextEncoder):
        closed = encoder.untrained()
        bags = bags_of(listings, closed.vocabulary)
        signals = learned_signals(encoder, bags, vectors)
    else:
        closed = StaticTextEncoder.closed_form(fit_vocabulary(listings), dim=1)
        bags = bags_of(listings, closed.vocabulary)
        signals = {"learned meaning": vectors}
    seen = {} if space.photo_vectors is None else {PHOTO: space.photo_vectors}
    return Desk(space.catalog, left, right, listings, bags, closed, signals, seen=seen)


def _desk(catalog: Catalog, left: Int64, right: Int64, study: TextStudy) -> Desk:
    """The desk of the untrained encoder, with what the study has already found."""
    signals = learned_signals(study.closed, study.bags)
    desk = Desk(catalog, left, right, study.listings, study.bags, study.closed, signals)
    if len(left) + len(right) == len(catalog) and study.shops.max(initial=0) == 1:
        # The study looked for neighbours in the other shop, and that is the other side.
        everyone = np.arange(len(catalog))
        near = study.neighbours
        found = neighbour_pairs(Neighbours(near.ids[:, :K], near.scores[:, :K]), everyone, everyone)
        turned = np.isin(found.left, right)
        one, other = np.where(turned, found.right, found.left), np.where(turned, found.left, found.right)
        desk.__dict__["lexical_candidates"] = PairRows.union([PairRows(one, other)])
    return desk


def _lesson(
    study: TextStudy, desk: Desk, train: LabelledPairs | None, valid: LabelledPairs | None
) -> TextLesson:
    """Labelled pairs and what the catalogue itself gives away; mutual best matches where it gives nothing.

    Nothing said about a validation pair enters, whoever says it.
    """
    found = same(evidence(desk.catalog))
    rows = np.column_stack(rows_of_pairs(desk.catalog, found))
    shops = study.shops[rows]
    positives = rows[shops[:, 0] != shops[:, 1]]
    negatives = np.empty((0, 2), np.int64)
    if train is not None:
        labelled = np.column_stack([train.pairs.left, train.pairs.right])
        given = study.lesson(positives, negatives).without(labelled)  # people know better than numbers
        positives = np.concatenate([labelled[train.labels == 1], given.positives])
        negatives = labelled[train.labels == 0]
    elif len(positives) < _FEWEST_LABELS:
        positives = np.concatenate([positives, _mutual_best(desk)])
    lesson = study.lesson(positives, negatives)
    if valid is None:
        return lesson
    return lesson.without(np.column_stack([valid.pairs.left, valid.pairs.right]))


def _labels(
    desk: Desk, train: LabelledPairs | None, valid: LabelledPairs | None, seed: int
) -> tuple[LabelledPairs | None, LabelledPairs | None, Origin]:
    """The labels to learn from and to validate on, and where they come from."""
    origin: Origin = "labels"
    if train is not None and train.labels.all():
        train = _with_rivals(desk, train)
    if train is not None and min(train.labels.sum(), (1 - train.labels).sum()) < _FEWEST_GIVEN:
        train = None
    if train is None or (valid is None and len(train.matches) < _FEW_MATCHES):
        numbered = gtin_labels(desk, seed)
        if train is None or numbered is not None:
            train, valid = _joined(train, numbered), None
            origin = "none" if train is None else "gtin"
    if train is not None and valid is None:
        valid_places = folds_of(train.labels, 5, seed)[0]
        rest = np.setdiff1d(np.arange(len(train.labels)), valid_places)
        train, valid = train.take(rest), train.take(valid_places)
    return train, valid, origin


def _joined(labelled: LabelledPairs | None, numbered: LabelledPairs | None) -> LabelledPairs | None:
    """Few labels and what trade item numbers say of other pairs; people know better than numbers."""
    if labelled is None or numbered is None:
        return numbered
    others = numbered.take(np.flatnonzero(~numbered.pairs.within(labelled.pairs)))
    pairs = PairRows(
        np.concatenate([labelled.pairs.left, others.pairs.left]),
        np.concatenate([labelled.pairs.right, others.pairs.right]),
    )
    return LabelledPairs(pairs, np.concatenate([labelled.labels, others.labels]))


def _with_rivals(desk: Desk, train: LabelledPairs) -> LabelledPairs:
    """Matches alone cannot teach what is none: other candidates of the matched products are added as such."""
    pairs = desk.lexical_candidates
    rival = np.isin(pairs.left, train.pairs.left) | np.isin(pairs.right, train.pairs.right)
    others = pairs.take(rival & ~pairs.within(train.pairs))
    both = PairRows(
        np.concatenate([train.pairs.left, others.left]), np.concatenate([train.pairs.right, others.right])
    )
    return LabelledPairs(both, np.repeat(np.array([1, 0]), [len(train.pairs), len(others)]))


def _mutual_best(desk: Desk) -> Int64:
    """The surer three quarters of the pairs that are each other's best by wording."""
    pairs, scores = desk.candidates, desk.closed_scores["wording"]
    best, margins = desk.wording_standing.mutual, desk.wording_standing.margins(scores)
    if not best.any():
        return np.empty((0, 2), np.int64)
    sure = best & (margins >= np.quantile(margins[best], 0.25))
    return np.column_stack([pairs.left[sure], pairs.right[sure]])


def _rows(labelled: LabelledPairs, which: Any) -> Int64:
    """The pairs at these places as rows `[m, 2]`."""
    pairs = labelled.pairs.take(which)
    return np.column_stack([pairs.left, pairs.right])
