"""The matches that judge a blocking rule: none that the encoder beside them has learned from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from shelfspace.tasks.match.blocking import Blocking, HeldOut, fit_blocking
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.signals import learned_signals
from shelfspace.tasks.match.study import MatchStudy
from shelfspace.views.evidence import evidence, rows_of_pairs, same


def blocking_of(study: MatchStudy, sure: Callable[[], PairRows]) -> Blocking:
    """The blocking rule of a study.

    With labels, or trade item numbers in their place, each match of the training pairs is judged by the
    encoder of the fold that held it out, and those of the validation pairs by the encoder itself. Equal trade
    item and part numbers beyond the labelled pairs count too; the untrained encoder judges them, since the
    folds have seen them. Without either, the matches are those that `sure` returns, which the matcher itself
    found: the untrained encoder judges them, and what they promise is a guess.
    """
    desk = study.desk
    untrained = partial(learned_signals, desk.closed, desk.bags)
    if study.train is None or study.valid is None:
        return fit_blocking(desk, [HeldOut(sure(), untrained)], study.origin)
    parts = [HeldOut(study.valid.matches, lambda: desk.learned_signals)]
    for fold in study.folds:
        held = study.train.take(fold.held_out)
        parts.append(HeldOut(held.matches, partial(learned_signals, fold.encoder, desk.bags)))
    if study.origin == "gtin":
        parts.append(HeldOut(_unlisted(study), untrained))
    return fit_blocking(desk, parts, study.origin)


def _unlisted(study: MatchStudy) -> PairRows:
    """Pairs between the two sides whose numbers say that they are one product, and that are not labelled."""
    desk = study.desk
    one, other = rows_of_pairs(desk.catalog, same(evidence(desk.catalog)))
    turned = np.isin(one, desk.right_rows) & np.isin(other, desk.left_rows)
    one, other = np.where(turned, other, one), np.where(turned, one, other)
    pairs = PairRows(one, other).take(np.isin(one, desk.left_rows) & np.isin(other, desk.right_rows))
    known = [labelled.pairs for labelled in (study.train, study.valid) if labelled is not None]
    return pairs.take(~pairs.within(PairRows.union(known)))
