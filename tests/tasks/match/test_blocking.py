from __future__ import annotations

import numpy as np
import pytest

from shelfspace.errors import OptionError, SpaceError
from shelfspace.tasks.match.blocking import (
    MIXTURES,
    Blocking,
    HeldOut,
    Mixture,
    cosines,
    fit_blocking,
    near_pairs,
    nearness,
    wide_pairs,
)
from shelfspace.tasks.match.candidates import PairRows

NOBODY = PairRows(np.empty(0, np.int64), np.empty(0, np.int64))


@pytest.fixture(scope="module")
def halves(planted):
    return planted.truth.take(slice(None, None, 2)), planted.truth.take(slice(1, None, 2))


@pytest.fixture(scope="module")
def rule(desk, halves):
    return fit_blocking(desk, [HeldOut(halves[0], lambda: desk.learned_signals)], "labels")


def test_unseen_matches_are_kept_at_few_candidates(desk, rule, halves):
    blocked = rule.block(desk, 0.9)
    assert halves[1].within(blocked.pairs).mean() >= 0.85
    assert halves[0].within(blocked.pairs).mean() == pytest.approx(blocked.promise.recall)
    assert blocked.per_product < 5
    assert blocked.reduction_ratio == pytest.approx(1 - blocked.per_product / len(desk.right_rows))
    assert len(np.unique(blocked.pairs.keys())) == len(blocked.pairs)


def test_more_recall_costs_more_candidates_and_holds_the_others(desk, rule):
    less, more = (rule.block(desk, recall).pairs for recall in (0.8, 0.95))
    assert len(less) < len(more)
    assert less.within(more).all()
    assert more.within(wide_pairs(desk)).all()


def test_nearness_takes_the_rivals_off(desk):
    pairs = wide_pairs(desk).take(slice(None, 400))
    known = cosines(desk, desk.learned_signals, pairs)
    plain = nearness(Mixture(0.5, 0.0), known, pairs)
    np.testing.assert_allclose(plain, (known[0] + known[1]) / 2)
    beside = nearness(Mixture(0.5, 0.5), known, pairs)
    for place in (0, 57, 399):
        rivals = []
        for side, other in ((pairs.left, pairs.right), (pairs.right, pairs.left)):
            others = (side == side[place]) & (other != other[place])
            rivals.append(plain[others].max() if others.any() else 0.0)
        assert beside[place] == pytest.approx(plain[place] - 0.5 * sum(rivals))


def test_held_out_matches_are_searched_as_all_are(desk, halves):
    """The neighbours of the matches' products are those that the whole search finds for them."""
    near, wide = near_pairs(desk, desk.learned_signals, halves[0]), wide_pairs(desk)
    assert near.within(wide).all()
    assert halves[0].within(near).tolist() == halves[0].within(wide).tolist()


def test_a_signal_that_knows_nothing_gets_no_weight(desk, halves):
    noise = np.random.default_rng(0).normal(size=(len(desk.catalog), 16)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    blind = desk.with_learned({"learned meaning": noise})
    rule = fit_blocking(blind, [HeldOut(halves[0], lambda: blind.learned_signals)], "labels")
    assert rule.mixture.weight == 1


def test_the_rule_survives_being_written(rule):
    scores = np.append(rule.scores, -np.inf)
    again = Blocking.from_json(Blocking(rule.mixture, scores, "gtin").to_json())
    assert (again.mixture, again.origin) == (rule.mixture, "gtin")
    assert again.mixture in MIXTURES
    np.testing.assert_allclose(again.scores, scores, atol=1e-6)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"mixture": [1], "scores": [], "origin": "x"}'])
def test_a_damaged_rule_is_refused(text):
    with pytest.raises(SpaceError, match="cannot be read"):
        Blocking.from_json(text)


def test_without_matches_nothing_is_promised(desk):
    rule = fit_blocking(desk, [HeldOut(NOBODY, lambda: desk.learned_signals)], "none")
    with pytest.raises(OptionError, match="no known match"):
        rule.block(desk, 0.9)


def test_what_was_promised_is_told(desk, rule):
    blocked = rule.block(desk, 0.9)
    assert f"{len(rule.scores)} held-out labelled matches" in str(blocked)
    figures = blocked.figures()
    assert figures["recall_expected"] >= figures["recall_at_least"] >= 0.9
    assert figures["candidates"] == len(blocked.pairs)
