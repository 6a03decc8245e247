import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.evaluation.interaction_splits import HOW, given_split, split


@pytest.fixture
def log():
    rng = np.random.default_rng(0)
    return Interactions.of_rows(
        rng.integers(0, 40, 2000),
        rng.integers(0, 60, 2000),
        n_users=41,
        n_items=60,
        times=rng.permutation(2000).astype(float),
    )


def cells(part):
    return set(zip(part.users.tolist(), part.items.tolist(), strict=True))


@pytest.mark.parametrize("how", HOW)
def test_nothing_that_is_asked_for_was_learned_from(log, how):
    parts = split(log, how, share=0.2, seed=3)
    assert not cells(parts.train) & cells(parts.test)
    assert cells(parts.test) <= cells(log)
    assert cells(parts.train) <= cells(log)
    assert parts.train.n_users == parts.test.n_users == 41
    assert len(cells(parts.test)) == len(parts.test)


def test_random_takes_its_share_of_each_user_and_leaves_one():
    log = Interactions.of_rows([0] * 10 + [1, 1, 2], [*range(10), 0, 1, 5], n_users=4, n_items=10)
    parts = split(log, "random", share=0.3)
    assert parts.test.lengths.tolist() == [3, 1, 0, 0]
    assert parts.train.lengths.tolist() == [7, 1, 1, 0]
    assert cells(parts.train) | cells(parts.test) == cells(log)
    assert parts.test.items.tolist() == split(log, "random", share=0.3).test.items.tolist()
    assert parts.test.items.tolist() != split(log, "random", share=0.3, seed=1).test.items.tolist()


def test_an_item_taken_twice_is_held_out_with_both_events():
    log = Interactions.of_rows([0] * 6, [1, 2, 1, 2, 1, 2], n_users=1, n_items=3)
    parts = split(log, "random", share=0.5)
    assert len(parts.test) == 1
    assert set(parts.train.items) == {1, 2} - set(parts.test.items)


def test_leave_one_out_takes_the_last_and_learns_nothing_later():
    log = Interactions.of_rows(
        [0, 0, 0, 0, 1, 2, 2], [1, 2, 3, 1, 4, 4, 4], n_users=3, n_items=5, times=[1, 2, 3, 4, 1, 1, 2]
    )
    parts = split(log, "leave-one-out")
    assert cells(parts.test) == {(0, 3)}
    assert parts.train.of(0).tolist() == [1, 2]
    assert parts.train.of(1).tolist() == [4]
    assert parts.train.of(2).tolist() == [4, 4]


def test_time_learns_nothing_later_and_counts_what_is_new():
    log = Interactions.of_rows(
        [0, 0, 0, 1, 2, 0], [0, 1, 2, 0, 3, 0], n_users=4, n_items=4, times=[0, 1, 8, 2, 9, 10]
    )
    parts = split(log, "time", share=0.5)
    assert parts.train.times.max() < parts.test.times.min()
    assert cells(parts.test) == {(0, 2), (2, 3)}
    assert (parts.repeats, parts.new_users, parts.new_items) == (1, 1, 2)


def test_events_of_the_same_moment_stay_together():
    log = Interactions.of_rows([0] * 4, range(4), n_users=1, n_items=4, times=[1, 5, 5, 5])
    parts = split(log, "time", share=0.5)
    assert len(parts.train) == 4
    assert len(parts.test) == 0


def test_a_given_test_is_freed_from_what_train_has():
    train = Interactions.of_rows([0, 1], [0, 1], n_users=3, n_items=3)
    test = Interactions.of_rows([0, 0, 0, 2], [0, 2, 2, 1], n_users=3, n_items=3)
    parts = given_split(train, test)
    assert cells(parts.test) == {(0, 2), (2, 1)}
    assert (parts.repeats, parts.new_users, parts.new_items) == (1, 1, 1)


def test_impossible_splits_are_refused(log):
    untimed = Interactions(log.n_items, log.starts, log.items)
    for how in ("time", "leave-one-out"):
        with pytest.raises(OptionError):
            split(untimed, how)
    with pytest.raises(OptionError):
        split(log, "sideways")
    with pytest.raises(OptionError):
        split(log, "random", share=1.0)
    for how in HOW:
        nobody = Interactions.of_rows([], [], n_users=2, n_items=2, times=[])
        assert len(split(nobody, how).test) == 0
