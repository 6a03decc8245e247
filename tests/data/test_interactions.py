import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError


@pytest.fixture
def taken():
    """User 0 took 4, 1, 4; user 1 nothing; user 2 took 0, 1, 2, 3 in that order of time."""
    return Interactions.of_rows(
        [2, 0, 2, 0, 2, 0, 2],
        [3, 4, 1, 1, 0, 4, 2],
        n_users=3,
        n_items=5,
        times=[9, 1, 4, 2, 3, 3, 5],
        weights=[1, 2, 1, 1, 1, 5, 1],
    )


def test_events_are_sorted_by_user_and_time(taken):
    assert taken.starts.tolist() == [0, 3, 3, 7]
    assert taken.items.tolist() == [4, 1, 4, 0, 1, 2, 3]
    assert taken.times.tolist() == [1, 2, 3, 3, 4, 5, 9]
    assert taken.users.tolist() == [0, 0, 0, 2, 2, 2, 2]
    assert taken.of(1).tolist() == []
    assert taken.popularity().tolist() == [1, 2, 1, 1, 2]


def test_events_of_one_time_keep_their_order():
    assert Interactions.of_rows([0, 0, 0], [2, 0, 1], n_users=1, n_items=3, times=[5, 5, 5]).of(
        0
    ).tolist() == [
        2,
        0,
        1,
    ]
    assert Interactions.of_rows([1, 0, 1], [2, 0, 1], n_users=2, n_items=3).of(1).tolist() == [2, 1]


def test_the_matrix_counts_repeats_once_and_takes_the_greatest_weight(taken):
    assert taken.matrix().toarray().tolist() == [[0, 1, 0, 0, 5], [0] * 5, [1, 1, 1, 1, 0]]
    unweighted = Interactions(taken.n_items, taken.starts, taken.items)
    assert unweighted.matrix().toarray().tolist() == [[0, 1, 0, 0, 1], [0] * 5, [1, 1, 1, 1, 0]]
    assert unweighted.matrix().dtype == np.float32
    assert unweighted.matrix().has_sorted_indices


def test_take_last_and_before_last(taken):
    assert taken.take([2, 0, 2]).items.tolist() == [0, 1, 2, 3, 4, 1, 4, 0, 1, 2, 3]
    assert taken.take([2, 0]).times.tolist() == [3, 4, 5, 9, 1, 2, 3]
    assert taken.take([]).n_users == 0
    assert taken.last(2).items.tolist() == [1, 4, 2, 3]
    assert taken.before_last(2).items.tolist() == [4, 0, 1]
    assert taken.last(0).n_users == 3
    assert len(taken.before_last(9)) == 0
    assert taken.first_takes().items.tolist() == [4, 1, 0, 1, 2, 3]


def test_nothing_is_fine():
    nobody = Interactions.empty(0, 0)
    assert nobody.matrix().shape == (0, 0)
    assert len(nobody.take([])) == 0
    idle = Interactions.empty(2, 3)
    assert idle.matrix().toarray().tolist() == [[0, 0, 0]] * 2
    assert len(idle.last(1)) == 0
    assert len(Interactions.of_rows([], [], n_users=0, n_items=4)) == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Interactions.of_rows([0], [3], n_users=1, n_items=3),
        lambda: Interactions.of_rows([0], [-1], n_users=1, n_items=3),
        lambda: Interactions.of_rows([1], [0], n_users=1, n_items=3),
        lambda: Interactions.of_rows([0, 0], [0], n_users=1, n_items=3),
        lambda: Interactions.of_rows([0], [0], n_users=1, n_items=3, times=[1, 2]),
        lambda: Interactions(3, np.array([0, 2, 1]), np.array([0])),
        lambda: Interactions(3, np.array([], np.int64), np.array([], np.int64)),
    ],
)
def test_what_does_not_fit_together_is_refused(make):
    with pytest.raises(OptionError):
        make()
