from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import shelfspace
from shelfspace.errors import CatalogError, OptionError, SpaceError
from shelfspace.space.space import Space
from shelfspace.tasks.match import matcher as room
from shelfspace.tasks.match.guided import Guided
from shelfspace.tasks.match.labelled import folds_of
from shelfspace.tasks.match.matcher import (
    GTIN_LOG_ODDS,
    TreeMatch,
    artifact_name,
    fit_matcher,
    matcher_of,
    matcher_of_space,
    scorer_from_json,
)
from shelfspace.tasks.match.selftrained import SelfTrained
from shelfspace.tasks.match.study import study_match


@pytest.fixture
def quickly(monkeypatch):
    """Whatever is learned anew is learned without training."""
    monkeypatch.setattr(room, "fit_matcher", lambda *rows, **told: fit_matcher(*rows, preset="fast", **told))


@pytest.mark.parametrize("name", ["fast_space", "labelled_space", "numbered_space"])
def test_a_space_read_back_matches_the_same(request, name, tmp_path):
    space = request.getfixturevalue(name)
    space.save(tmp_path / "space")
    read = shelfspace.load(tmp_path / "space")
    assert read.match().equals(space.match())
    assert matcher_of_space(read, "left", "right").origin == "stored"


def test_equal_numbers_raise_and_different_ones_lower_the_odds(numbered_space):
    matcher = matcher_of_space(numbered_space, "left", "right")
    scorer, desk = matcher.scorer, matcher.desk
    assert scorer.by_gtin
    assert scorer.context == "table"
    assert "gtin" not in scorer.trees.columns
    assert not [name for name in scorer.trees.columns if "known" in name]
    pairs = desk.candidates
    columns = scorer.columns_at(desk, pairs)
    text, settled = scorer.trees.log_odds(columns), scorer.log_odds_at(desk, pairs)
    for row in range(0, len(pairs), 5):
        said = columns["gtin"][row]
        if np.isnan(said):
            assert settled[row] == text[row]
        else:
            within = min(max(text[row], -3.0), 3.0)
            assert settled[row] == pytest.approx(within + (GTIN_LOG_ODDS if said else -GTIN_LOG_ODDS))
    assert {0.0, 1.0} <= set(columns["gtin"][::5].tolist())


@pytest.fixture
def many(monkeypatch):
    """As if there were many labels."""
    monkeypatch.setattr(room, "FEW_MATCHES", 0)


@pytest.mark.usefixtures("many")
def test_where_labels_taught_the_trees_numbers_are_a_column_of_them(planted, labelled):
    scorer = fit_matcher(planted.catalog, planted.left, planted.right, train=labelled, preset="fast").scorer
    assert not scorer.by_gtin
    assert "gtin" in scorer.trees.columns
    assert scorer.context == "known"
    columns = {"gtin": np.array([1.0], np.float32)}
    assert scorer.settled(np.array([9.0]), columns).tolist() == [9.0]


def test_labels_can_be_left_out(labelled_space, fast_space, quickly):
    told = matcher_of_space(labelled_space, "left", "right")
    bare = matcher_of_space(labelled_space, "left", "right", labels="none")
    assert told.origin == "stored"
    assert bare.origin == "none"
    assert isinstance(bare.scorer, SelfTrained)
    same = matcher_of_space(fast_space, "left", "right")
    pairs = same.desk.shortlist
    np.testing.assert_allclose(bare.probabilities(pairs), same.probabilities(pairs), atol=1e-6)
    with pytest.raises(OptionError, match="labels is 'all'"):
        matcher_of_space(labelled_space, "left", "right", labels="all")


def test_a_space_without_a_scorer_learns_one_and_keeps_it(labelled_space, quickly, planted):
    bare = Space(labelled_space.catalog, labelled_space.encoder, labelled_space.vectors, labelled_space.pairs)
    turned = matcher_of_space(bare, "right", "left")
    assert turned.origin == "labels"
    assert matcher_of_space(bare, "right", "left") is turned
    assert set(turned.desk.catalog.table["shop"].gather(turned.desk.left_rows)) == {"right"}


def test_an_unknown_shop_is_named(fast_space):
    with pytest.raises(CatalogError, match="no shop 'north'"):
        matcher_of_space(fast_space, "left", "north")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("context", ["pair", "table", "known"])
def test_the_context_says_what_trees_may_look_at(planted, labelled, context):
    few = labelled.take(np.arange(0, len(labelled.labels), 3))
    study = study_match(planted.catalog, planted.left, planted.right, train=few, preset="fast")
    found = matcher_of(study, context=context)
    columns = " ".join(found.scorer.trees.columns)
    assert ("margin" in columns) == (context != "pair")
    assert ("known match" in columns) == (context == "known")
    assert found.threshold == found.scorer.trees.threshold
    assert np.isfinite(found.probabilities(found.desk.shortlist)).all()


def test_few_labels_correct_what_the_tables_give_away_where_tables_may_be_seen(planted, labelled):
    few = labelled.take(np.arange(0, len(labelled.labels), 6))
    study = study_match(planted.catalog, planted.left, planted.right, train=few, preset="fast")
    assert isinstance(matcher_of(study, context="table").scorer, Guided)
    assert isinstance(matcher_of(study, context="pair").scorer, TreeMatch)


def test_labels_teach_to_tell_pairs_that_were_not_told(planted, labelled):
    one, other = folds_of(labelled.labels, 2, 0)
    train, test = labelled.take(one), labelled.take(other)
    found = fit_matcher(planted.catalog, planted.left, planted.right, train=train, preset="fast")
    chances = found.probabilities(test.pairs)
    right = (chances >= 0.5) == (test.labels == 1)
    assert right.mean() > 0.88
    said = np.clip(np.where(test.labels == 1, chances, 1 - chances), 1e-6, 1)
    assert -np.log(said).mean() < 0.3


@pytest.mark.parametrize(
    "damage",
    [
        lambda parts: {},
        lambda parts: {**parts, "matches": [[1, 2]]},
        lambda parts: {**parts, "matches": "none"},
        lambda parts: {**parts, "trees": "{}"},
        lambda parts: {**parts, "kind": "self-trained"},
        lambda parts: [parts],
    ],
)
def test_a_damaged_scorer_is_refused(labelled_space, damage):
    name = f"{artifact_name('left', 'right')}.json"
    text = json.dumps(damage(json.loads(labelled_space.artifacts[name])))
    with pytest.raises(SpaceError, match="matcher cannot be read"):
        scorer_from_json(text)
    with pytest.raises(SpaceError, match="Roll back"):
        replace(labelled_space, artifacts={**labelled_space.artifacts, name: text.encode()}).match()


@pytest.mark.parametrize("written", [b"", b"PAR1 and no more", None])
def test_a_damaged_shortlist_is_refused(labelled_space, written):
    name = artifact_name("left", "right")
    kept = dict(labelled_space.artifacts)
    del kept[f"{name}.parquet"]
    if written is not None:
        kept[f"{name}.parquet"] = written
    with pytest.raises(SpaceError, match="stored matches cannot be read"):
        replace(labelled_space, artifacts=kept).match()


def test_the_stored_shortlist_is_what_the_scorer_says(fast_space):
    matcher = matcher_of_space(fast_space, "left", "right")
    pairs, log_odds = matcher.shortlist
    assert np.array_equal(pairs.keys(), matcher.desk.shortlist.keys())
    np.testing.assert_allclose(log_odds, matcher.scorer.log_odds_at(matcher.desk, pairs), atol=1e-6)


def test_scorers_are_kept_by_the_two_shops_in_their_order():
    names = {artifact_name(*shops) for shops in (("a", "b"), ("b", "a"), ("a", 'b"'), ("ab", ""))}
    assert len(names) == 4
    assert all(name.startswith("match-") for name in names)
