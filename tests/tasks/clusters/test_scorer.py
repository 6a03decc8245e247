from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import SpaceError
from shelfspace.tasks.clusters.correlation import PairGraph
from shelfspace.tasks.clusters.pool import Pool
from shelfspace.tasks.clusters.scorer import PairScorer, candidate_graph, with_said
from shelfspace.tasks.clusters.teacher import shift_of
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs
from shelfspace.tasks.match.trees import probability

NOTHING = LabelledPairs(PairRows(np.zeros(0, np.int64), np.zeros(0, np.int64)), np.zeros(0, np.int64))


def test_probabilities_are_about_right_on_another_catalogue(
    scorer: PairScorer, catalog: Catalog, truth: np.ndarray
) -> None:
    found, graph = candidate_graph(Pool.of(catalog), scorer, NOTHING)
    right = truth[graph.left] == truth[graph.right]
    chances = probability(graph.log_odds)
    assert abs(chances.mean() - right.mean()) < 0.15
    assert chances[right].mean() > chances[~right].mean() + 0.3
    assert found.shift != 0


def test_it_is_the_same_after_writing_and_reading(scorer: PairScorer, catalog: Catalog) -> None:
    pool = Pool.of(catalog)
    pairs = pool.candidates.take(slice(0, 40))
    again = PairScorer.from_json(scorer.to_json())
    np.testing.assert_allclose(again.log_odds(pool, pairs), scorer.log_odds(pool, pairs))
    with pytest.raises(SpaceError, match="stored matcher cannot be read"):
        PairScorer.from_json("{}")


def test_the_shift_goes_halfway_to_the_share_of_matches() -> None:
    rng = np.random.default_rng(0)
    matches = rng.random(4000) < 0.1  # odds learned where half of them did
    odds = np.where(matches, rng.normal(4.5, 3, 4000), rng.normal(-4.5, 3, 4000))
    shift = shift_of(odds, 0.5)
    assert shift == -1
    base = np.log(0.3 / 0.7)
    assert shift_of(odds + base, 0.3) == pytest.approx((np.log(0.1 / 0.9) - base) / 2, abs=0.15)
    assert shift_of(np.zeros(0), 0.3) == 0
    assert shift_of(np.full(5, -40.0), 0.3) == -1


def test_what_people_said_replaces_what_texts_say_and_the_last_word_holds() -> None:
    graph = PairGraph(4, np.array([0, 1]), np.array([1, 2]), np.array([1.0, 1.0]))
    said = LabelledPairs(PairRows(np.array([1, 0, 3, 2]), np.array([0, 1, 2, 2])), np.array([1, 0, 1, 1]))
    found = with_said(graph, said)
    weights = dict(
        zip(zip(found.left.tolist(), found.right.tolist(), strict=True), found.log_odds.tolist(), strict=True)
    )
    assert weights == {(1, 2): 1.0, (0, 1): -20.0, (2, 3): 20.0}
