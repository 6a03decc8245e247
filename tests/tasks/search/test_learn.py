import numpy as np
import pytest

from shelfspace.errors import SpaceError
from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.learn import learn_ranking, look_all, ndcg_measure
from shelfspace.tasks.search.query_words import QueryWords
from shelfspace.tasks.search.ranking import ARTIFACT, Ranking
from shelfspace.tasks.search.signals import reader_of


def ndcg(reader, ranking, judged):
    looked = look_all(reader, judged, ranking.query_words)
    ranked, _ = ranking.ranked(reader, judged.texts, looked)
    order = -np.arange(ranked.rows.shape[1], dtype=np.float32)
    return float(ndcg_measure(ranked, judged)(np.broadcast_to(order, ranked.rows.shape)).mean())


@pytest.fixture(scope="module")
def taught(shelf_space, lessons):
    return learn_ranking(reader_of(shelf_space), *lessons, seed=0)


def test_what_queries_teach_is_found_for_others(shelf_space, lessons, taught):
    """No title says red, blue or green, so words alone are left with the kind: one in six fits."""
    reader = reader_of(shelf_space)
    assert ndcg(reader, Ranking(), lessons[1]) < 0.6
    assert ndcg(reader, taught, lessons[1]) > 0.8


def test_relevance_is_a_probability_and_falls(shelf_space, lessons, taught):
    reader = reader_of(shelf_space)
    looked = look_all(reader, lessons[1], taught.query_words)
    ranked, relevance = taught.ranked(reader, lessons[1].texts, looked)
    there = ranked.rows >= 0
    assert ((relevance[there] >= 0) & (relevance[there] <= 1)).all()
    assert (np.diff(relevance[0][there[0]]) <= 1e-9).all()
    assert 0 <= taught.least <= 0.5


def test_a_ranking_comes_back_as_it_was(shelf_space, lessons, taught):
    reader = reader_of(shelf_space)
    again = Ranking.from_artifacts(taught.artifacts())
    looked = look_all(reader, lessons[1], taught.query_words)
    one, other = (each.ranked(reader, lessons[1].texts, looked)[1] for each in (taught, again))
    assert np.allclose(one, other)
    with pytest.raises(SpaceError, match="search by"):
        Ranking.from_artifacts({ARTIFACT: b"{}"})


def test_without_training_queries_signals_are_weighed_alone(shelf_space, lessons):
    found = learn_ranking(reader_of(shelf_space), None, lessons[1])
    assert found.stages == ()
    assert len(found.query_words) == 0
    assert set(found.first.weights) <= {"words", "meaning", "letters", "codes"}


def test_queries_that_nothing_fits_change_nothing(shelf_space):
    nothing = Judged.of(["lamp", "chair"], [np.zeros(0, np.int64)] * 2)
    found = learn_ranking(reader_of(shelf_space), nothing, nothing)
    assert found.stages == ()
    assert isinstance(found.query_words, QueryWords)
