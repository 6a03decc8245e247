import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import SpaceError
from shelfspace.tasks.recommend.transitions import TransitionOptions, Transitions, recency


def taken():
    """0 → 1 → 2 by three users, 3 → 2 by one, 4 by one alone."""
    lists = [[0, 1, 2], [0, 1, 2], [0, 1], [3, 2], [4], []]
    starts = np.append(0, np.cumsum([len(one) for one in lists]))
    return Interactions(6, starts, np.array([item for one in lists for item in one]))


def asked(*items):
    return Interactions(6, np.array([0, len(items)]), np.array(items, np.int64))


def test_scores_are_the_formula():
    plain = TransitionOptions(
        window=5, fading=1.0, backward=0.5, left_exponent=0.0, right_exponent=0.0, forgetting=1.0
    )
    scores = Transitions.fit(taken(), plain).scores(asked(0, 1))[0]
    # From 1, the newest: 2 twice ahead, 0 thrice behind; from 0, half as much: 1 thrice, 2 twice at 2.
    expected = [0.5 * 3, 0.5 * 3, 2 + 0.5 * 2 / 2, 0, 0, 0]
    np.testing.assert_allclose(scores, np.sqrt(expected), atol=1e-4)


def test_rows_and_columns_are_tempered():
    flat = Transitions.fit(taken(), TransitionOptions(left_exponent=1.0, right_exponent=0.0))
    np.testing.assert_allclose(flat.graph.sum(axis=1)[:4], 1, rtol=1e-5)


def test_the_newest_counts_most_and_repeats_add_up():
    weights = recency(asked(2, 0, 2), 1.0).toarray()[0]
    np.testing.assert_allclose(weights, [0.5, 0, 1 + 1 / 3, 0, 0, 0], rtol=1e-6)


def test_what_leads_nowhere_is_ordered_by_popularity():
    scores = Transitions.fit(taken()).scores(asked(4))[0]
    assert scores.max() < 1e-4 and np.argsort(-scores, kind="stable").tolist() == [0, 1, 2, 3, 4, 5]
    nobody = Transitions.fit(taken()).scores(Interactions.empty(2, 6))
    assert np.array_equal(nobody[0], nobody[1]) and nobody[0].argmax() == 0


def test_crowded_histories_count_less_and_the_window_ends():
    crowded = Transitions.fit(taken(), TransitionOptions(crowding=1.0, left_exponent=0, right_exponent=0))
    graph = crowded.graph.toarray()
    assert graph[3, 2] == pytest.approx(1 / 2) and graph[1, 2] == pytest.approx(2 / 3)
    narrow = Transitions.fit(taken(), TransitionOptions(window=1))
    assert narrow.graph[0, 2] == 0


def test_it_is_the_same_after_saving_and_loading(tmp_path):
    one = Transitions.fit(taken(), TransitionOptions(fading=0.7))
    one.save(tmp_path / "kept")
    again = Transitions.load(tmp_path / "kept")
    assert again.options == one.options
    assert np.array_equal(again.scores(asked(0, 3)), one.scores(asked(0, 3)))
    with pytest.raises(SpaceError):
        Transitions.load(tmp_path)


def test_nothing_taken_scores_nothing():
    empty = Transitions.fit(Interactions.empty(2, 6))
    assert not empty.scores(asked(1)).any()
