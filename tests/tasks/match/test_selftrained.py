from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import SpaceError
from shelfspace.tasks.match.matcher import scorer_from_json
from shelfspace.tasks.match.selftrained import SelfTrained, fit_self_trained
from shelfspace.tasks.match.study import study_match


@pytest.fixture(scope="module")
def scorer(desk):
    return fit_self_trained(desk, seed=0)


def test_it_finds_true_pairs_without_a_label(planted, desk, scorer):
    pairs = desk.candidates
    odds = scorer.log_odds_at(desk, pairs)
    truth = pairs.within(planted.truth)
    order = np.argsort(-odds, kind="stable")[: truth.sum()]
    assert truth.mean() < 0.1  # what chance would find
    assert truth[order].mean() > 0.6
    calls = odds >= 0
    assert truth[calls].mean() > 0.5
    assert calls[truth].mean() > 0.7


def test_it_ranks_better_than_wording_alone(planted, desk, scorer):
    pairs = desk.candidates
    truth = pairs.within(planted.truth)

    def hits(scores):
        return truth[np.argsort(-scores, kind="stable")[: truth.sum()]].mean()

    assert hits(scorer.log_odds_at(desk, pairs)) > hits(desk.closed_scores["wording"])


def test_the_scores_of_some_pairs_are_those_they_have_among_all(desk, scorer):
    pairs = desk.candidates
    some = np.arange(0, len(pairs), 37)
    whole = scorer.log_odds_at(desk, pairs)
    np.testing.assert_allclose(scorer.log_odds_at(desk, pairs.take(some)), whole[some], atol=1e-9)


def test_contributions_sum_to_the_log_odds(desk, scorer):
    pair = desk.candidates.take(slice(7, 8))
    amounts, base = scorer.contributions_at(desk, pair)
    assert base + sum(amounts.values()) == pytest.approx(float(scorer.log_odds_at(desk, pair)[0]))


def test_numbers_and_learned_nearness_teach_nothing(scorer):
    assert len(scorer.trees) == 3
    for trees in scorer.trees:
        assert not [name for name in trees.columns if name.startswith(("gtin", "learned"))]


def test_it_is_the_same_by_seed(desk, scorer):
    assert fit_self_trained(desk, seed=0).to_json() == scorer.to_json()
    assert fit_self_trained(desk, seed=1).to_json() != scorer.to_json()


def test_json_gives_the_same_scores_back(desk, scorer):
    pairs = desk.shortlist
    for read in (SelfTrained.from_json(scorer.to_json()), scorer_from_json(scorer.to_json())):
        assert np.array_equal(read.log_odds_at(desk, pairs), scorer.log_odds_at(desk, pairs))
        assert read.threshold == 0.5


@pytest.mark.parametrize("lost", ["trees", "slope", "record_scale"])
def test_damaged_json_is_refused(scorer, lost):
    parts = json.loads(scorer.to_json())
    del parts[lost]
    with pytest.raises(SpaceError, match="matcher cannot be read"):
        SelfTrained.from_json(json.dumps(parts))


def test_where_too_little_is_sure_wording_decides_alone():
    titles = ["bose qc45 headphones", "sony xm4 headphones", "bose qc45 headphones", "sony xm4 phones"]
    table = pl.DataFrame({"shop": list("aabb"), "id": list("1212"), "title": titles})
    desk = study_match(Catalog.from_table(table), np.array([0, 1]), np.array([2, 3]), preset="fast").desk
    scorer = fit_self_trained(desk)
    assert scorer.trees == ()
    odds = dict(zip(desk.candidates.keys().tolist(), scorer.log_odds_at(desk, desk.candidates), strict=True))
    assert odds[0 * 2**32 + 2] > 0 > odds[0 * 2**32 + 3]
    assert SelfTrained.from_json(scorer.to_json()) == scorer
