from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.opening import load
from shelfspace.space.space import Space
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.matcher import matcher_of, scorer_from_json
from shelfspace.tasks.match.study import study_match
from shelfspace.tasks.match.transfer import Init, Lent, fit_lent, lendable, transferred_from


@pytest.fixture(scope="module")
def transferred(labelled_space):
    return transferred_from(labelled_space)


@pytest.fixture(scope="module")
def lent(desk, transferred):
    return fit_lent(desk, transferred)


def right(planted, desk, scores, pairs):
    """The share of the left products with a match that have it in front."""
    order = np.lexsort((-scores, pairs.left))
    first = np.flatnonzero(np.append(True, np.diff(pairs.left[order]) != 0))
    return pairs.take(order[first]).within(planted.truth).sum() / len(np.unique(planted.truth.left))


def test_trees_of_other_feeds_put_matches_first(planted, desk, transferred):
    pairs = desk.candidates
    assert right(planted, desk, transferred.log_odds_at(desk, pairs), pairs) > 0.8
    margins = transferred.margins_at(desk, planted.truth)
    assert (margins > 0).mean() > 0.8


def test_neither_labels_nor_numbers_of_these_feeds_enter(desk, transferred):
    pairs = desk.candidates.take(slice(None, 200))
    noise = np.random.default_rng(0).normal(size=(len(desk.catalog), 8)).astype(np.float32)
    other = desk.with_learned({"learned meaning": noise, "learned wording": noise})
    table = desk.catalog.table.with_columns(gtin=None)
    bare = replace(desk, catalog=Catalog.from_table(table))
    for changed in (other, bare):
        changed.__dict__["candidates"] = desk.candidates
        np.testing.assert_allclose(
            transferred.log_odds_at(changed, pairs), transferred.log_odds_at(desk, pairs), atol=1e-6
        )


def test_what_these_feeds_lack_is_missing(desk, transferred):
    trees = tuple(replace(one, columns=(*one.columns[:-1], "only there")) for one in transferred.trees)
    odds = replace(transferred, trees=trees).log_odds_at(desk, desk.candidates.take(slice(None, 5)))
    assert np.isfinite(odds).all()


def test_both_halves_add_up_and_are_written(planted, desk, lent):
    pairs = desk.candidates.take(slice(None, 300))
    odds = lent.log_odds_at(desk, pairs)
    np.testing.assert_allclose(odds, lent.votes_at(desk, pairs).mean(axis=0))
    again = scorer_from_json(lent.to_json())
    assert isinstance(again, Lent)
    np.testing.assert_allclose(again.log_odds_at(desk, pairs), odds)
    one = pairs.take(slice(0, 1))
    parts, base = lent.contributions_at(desk, one)
    assert "what other shops taught" in parts
    assert base + sum(parts.values()) == pytest.approx(odds[0])
    assert not len(lent.log_odds_at(desk, pairs.take(slice(0, 0))))


def test_trees_start_from_what_was_lent_when_there_are_labels(planted, labelled, transferred):
    study = study_match(planted.catalog, planted.left, planted.right, train=labelled, preset="fast")
    matcher = matcher_of(study, transferred=transferred)
    assert matcher.scorer.prior is not None
    assert matcher.scorer.trees.prior[0] > 0
    assert matcher_of(study, transferred=transferred, context="pair").scorer.prior is None
    pairs = planted.truth.take(slice(None, 9))
    again = scorer_from_json(matcher.scorer.to_json())
    np.testing.assert_allclose(
        again.log_odds_at(study.desk, pairs), matcher.scorer.log_odds_at(study.desk, pairs)
    )
    one = pairs.take(slice(0, 1))
    parts, base = matcher.scorer.contributions_at(study.desk, one)
    assert base + sum(parts.values()) == pytest.approx(
        matcher.scorer.log_odds_at(study.desk, one)[0], abs=1e-4
    )


@pytest.mark.parametrize("labels", ["none", "few"])
def test_a_space_starts_from_another_and_opens_again(planted, labelled, labelled_space, tmp_path, labels):
    few = labelled.take(np.concatenate([np.arange(12), np.arange(-40, 0)]))
    pairs = planted.named(few.pairs, few.labels) if labels == "few" else None
    space = fit(planted.catalog, pairs=pairs, preset="fast", init=labelled_space)
    precision, recall = planted.figures(space.match())
    assert min(precision, recall) > 0.65
    space.save(tmp_path / "space")
    opened = load(tmp_path / "space")
    assert opened.match(recall=0.8).height > 50
    assert transferred_from(opened).trees


def test_the_encoder_of_one_shop_starts_from_another_space(planted, labelled_space):
    alone = fit(planted.catalog.take(planted.left), preset="fast", init=labelled_space)
    assert len(alone) == len(planted.left)


def test_a_self_trained_space_lends_its_trees_too(fast_space, desk):
    found = transferred_from(fast_space)
    assert (len(found.trees), found.context) == (3, "pair")
    assert np.isfinite(found.log_odds_at(desk, desk.candidates)).all()


def test_what_has_nothing_to_lend_is_refused(planted, labelled_space):
    bare = Space(labelled_space.catalog, labelled_space.encoder, labelled_space.vectors)
    with pytest.raises(SpaceError, match="no trained pair scorer"):
        fit(planted.catalog, preset="fast", init=bare)
    assert Init.of_space(bare, pairs=False).encoder is labelled_space.encoder
    with pytest.raises(OptionError, match="--init or --encoder"):
        fit(planted.catalog, preset="fast", encoder="some/model", init=labelled_space)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"kind": "lent"}', json.dumps({"kind": "trees", "trees": "x"})]
)
def test_a_damaged_scorer_is_refused(text):
    with pytest.raises(SpaceError, match="cannot be read"):
        lendable(text)
    with pytest.raises(SpaceError, match="cannot be read"):
        Lent.from_json(text)


def test_nothing_to_match_gets_no_scale(desk, transferred):
    nobody = np.empty(0, np.int64)
    empty = replace(desk, left_rows=nobody)
    empty.__dict__["candidates"] = PairRows(nobody, nobody)
    found = fit_lent(empty, transferred)
    assert (found.own_scale, found.scale) == (1.0, 1.0)
