import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import SpaceError
from shelfspace.tasks.recommend.session_neighbours import NeighbourOptions, SessionNeighbours

PLAIN = NeighbourOptions(forgetting=0.0, rarity=0.0, crowding=0.0)


def sessions(*lists, **more):
    starts = np.append(0, np.cumsum([len(one) for one in lists]))
    items = np.array([item for one in lists for item in one], np.int64)
    return Interactions(8, starts, items, **more)


TAKEN = sessions([0, 1, 2], [0, 1, 3], [0, 4], [], [5, 5, 6])


def test_a_score_is_the_nearness_of_the_sessions_that_hold_the_item():
    scores = SessionNeighbours.fit(TAKEN, PLAIN).scores(sessions([0, 1]))[0]
    np.testing.assert_allclose(scores**2, [5, 4, 2, 2, 1, 0, 0, 0], atol=1e-5)


def test_only_the_nearest_speak():
    nearest = SessionNeighbours.fit(TAKEN, NeighbourOptions(2, 0.0, 0.0, 0.0))
    np.testing.assert_allclose(nearest.scores(sessions([0, 1]))[0] ** 2, [4, 4, 2, 2, 0, 0, 0, 0], atol=1e-5)


def test_the_newest_event_a_rare_item_and_a_short_session_count_more():
    def found(**more):
        options = NeighbourOptions(**{"forgetting": 0.0, "rarity": 0.0, "crowding": 0.0, **more})
        return SessionNeighbours.fit(TAKEN, options).scores(sessions([4, 1]))[0] ** 2

    assert found()[4] == pytest.approx(1) and found(forgetting=1.0)[4] == pytest.approx(0.5)
    assert found(rarity=1.0)[4] > found(rarity=1.0)[2] and found(crowding=1.0)[4] > found(crowding=1.0)[2]


def test_of_an_items_sessions_the_newest_are_looked_at():
    late = sessions([0, 1], [0, 2], [0, 3], times=np.array([9.0, 9, 1, 1, 5, 5]))
    options = NeighbourOptions(500, 0.0, 0.0, 0.0, 0.0, reach=2)
    scores = SessionNeighbours.fit(late, options).scores(sessions([0]))[0]
    assert scores[[1, 2, 3]].round(2).tolist() == [1, 0, 1]


def test_kinds_of_events_make_no_difference():
    weighed = sessions([0, 1, 2], [0, 3], weights=np.array([5, 1, 1, 3, 1], np.float32))
    plain = sessions([0, 1, 2], [0, 3])
    one, two = (SessionNeighbours.fit(log, PLAIN).scores(sessions([0])) for log in (weighed, plain))
    assert np.array_equal(one, two)


def test_without_a_neighbour_popularity_decides():
    scores = SessionNeighbours.fit(TAKEN).scores(sessions([7], []))
    assert scores[0].argmax() == 0 and scores[0].max() < 1e-4
    assert np.array_equal(scores[0], scores[1])
    assert not SessionNeighbours.fit(Interactions.empty(1, 8)).scores(sessions([7])).any()


def test_it_is_the_same_after_saving_and_loading(tmp_path):
    one = SessionNeighbours.fit(TAKEN)
    one.save(tmp_path / "kept")
    again = SessionNeighbours.load(tmp_path / "kept")
    assert again.options == one.options
    assert np.array_equal(again.scores(sessions([0, 5])), one.scores(sessions([0, 5])))
    with pytest.raises(SpaceError):
        SessionNeighbours.load(tmp_path)
