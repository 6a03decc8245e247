from __future__ import annotations

import json

import numpy as np
import pytest

from shelfspace.errors import SpaceError
from shelfspace.evaluation.metrics import precision_recall_f1
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.guided import Guided, fit_guided
from shelfspace.tasks.match.labelled import Fold, LabelledPairs, fit_scorer, folds_of
from shelfspace.tasks.match.matcher import TreeMatch, _guarded, scorer_from_json
from shelfspace.tasks.match.trees import log_odds_of


def part_of(labelled, size, seed):
    """As many pairs as `size` says, both kinds in their shares, half for training and half for validation."""
    folds = folds_of(labelled.labels, round(len(labelled.labels) / size), seed)
    return labelled.take(folds[0]), labelled.take(folds[1])


@pytest.fixture(scope="module")
def few(labelled):
    return part_of(labelled, 40, seed=0)


@pytest.fixture(scope="module")
def guided(desk, study, few):
    return fit_guided(desk, *few, [everything(few[0], study)], context="table")


def everything(train, study):
    return Fold(np.arange(len(train.labels)), study.encoder)


def figure(scorer, desk, test):
    decided = scorer.log_odds_at(desk, test.pairs) >= log_odds_of(scorer.threshold)
    return precision_recall_f1(test.labels, decided).f1


def test_few_labels_teach_more_on_top_of_what_the_tables_give_away(planted, desk, study, labelled):
    """Three draws of some forty labels; judged on pairs of the shortlist that were never labelled."""
    rest = desk.shortlist.take(~desk.shortlist.within(labelled.pairs))
    test = LabelledPairs(rest, rest.within(planted.truth).astype(np.int64))
    figures = []
    for seed in range(3):
        train, valid = part_of(labelled, 40, seed)
        folds = [everything(train, study)]
        alone = TreeMatch(fit_scorer(desk, train, valid, folds, context="table"), "table", train.matches)
        scorers = (fit_guided(desk, train, valid, folds, context="table", seed=seed), alone)
        figures.append([figure(scorer, desk, test) for scorer in scorers])
    mean = np.mean(figures, axis=0)
    assert mean[0] > mean[1]
    assert mean[0] > 0.5


def test_the_scores_of_some_pairs_are_those_they_have_among_all(desk, guided):
    pairs = desk.candidates
    some = np.arange(0, len(pairs), 41)
    whole = guided.log_odds_at(desk, pairs)
    np.testing.assert_allclose(guided.log_odds_at(desk, pairs.take(some)), whole[some], atol=1e-6)


def test_contributions_and_votes_sum_to_the_log_odds(desk, guided):
    pair = desk.candidates.take(slice(7, 8))
    odds = float(guided.log_odds_at(desk, pair)[0])
    amounts, base = guided.contributions_at(desk, pair)
    assert base + sum(amounts.values()) == pytest.approx(odds, abs=1e-4)
    assert "standing among rivals" in amounts
    votes = guided.votes_at(desk, pair)
    assert votes.shape == (len(guided.trees.boosters), 1)
    assert votes.mean() == pytest.approx(odds, abs=1e-4)


def test_json_gives_the_same_scores_back(desk, guided):
    pairs = desk.shortlist
    for read in (Guided.from_json(guided.to_json()), scorer_from_json(guided.to_json())):
        np.testing.assert_allclose(read.log_odds_at(desk, pairs), guided.log_odds_at(desk, pairs), atol=1e-6)
        assert read.threshold == guided.threshold
        assert read.matches.keys().tolist() == guided.matches.keys().tolist()


@pytest.mark.parametrize("lost", ["start", "trees", "slope", "matches"])
def test_damaged_json_is_refused(guided, lost):
    parts = json.loads(guided.to_json())
    del parts[lost]
    with pytest.raises(SpaceError, match="matcher cannot be read"):
        scorer_from_json(json.dumps(parts))


def test_it_is_the_same_by_seed(desk, study, few, guided):
    again = fit_guided(desk, *few, [everything(few[0], study)], context="table")
    assert again.to_json() == guided.to_json()


def test_no_pairs_have_no_scores(desk, guided):
    nothing = PairRows(np.empty(0, np.int64), np.empty(0, np.int64))
    assert guided.log_odds_at(desk, nothing).shape == (0,)


class Told:
    """A scorer whose log-odds are given."""

    def __init__(self, odds):
        self.odds = odds

    def log_odds_at(self, desk, pairs):
        return self.odds


def test_labels_alone_win_only_where_validation_is_sure(labelled):
    valid = labelled.take(folds_of(labelled.labels, 4, 0)[0])
    rng = np.random.default_rng(0)
    good = Told((valid.labels * 2 - 1) * 4 + rng.standard_normal(len(valid.labels)))
    useless = Told(rng.standard_normal(len(valid.labels)))
    assert _guarded(good, useless, None, valid) is good
    assert _guarded(useless, good, None, valid) is good
    nearly = Told(good.odds + 0.1 * rng.standard_normal(len(valid.labels)))
    assert _guarded(nearly, good, None, valid) is good
    one = valid.take(np.array([0]))
    assert _guarded(Told(good.odds[:1]), Told(useless.odds[:1]), None, one).odds[0] == useless.odds[0]
