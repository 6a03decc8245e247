import gc
import threading
import time

import pytest

from shelfspace.errors import OptionError
from shelfspace.views.prefetched import prefetched


def test_batches_come_in_order_and_once():
    batches = prefetched(iter(range(50)), ahead=3)
    assert list(batches) == list(range(50))
    assert list(batches) == []


def test_none_ends_at_once():
    assert list(prefetched([])) == []


def test_no_more_than_so_many_are_made_ahead():
    made = []

    def making():
        for number in range(20):
            made.append(number)
            yield number

    batches = prefetched(making(), ahead=2)
    next(batches)
    time.sleep(0.2)
    assert len(made) <= 4  # one taken, two ready, one in the hand
    assert list(batches) == list(range(1, 20))


def test_an_error_comes_where_its_batch_would_have():
    def making():
        yield 1
        raise ValueError("broken")

    batches = prefetched(making())
    assert next(batches) == 1
    with pytest.raises(ValueError, match="broken"):
        next(batches)
    assert list(batches) == []


def test_waiting_is_measured():
    def slow():
        for number in range(5):
            time.sleep(0.04)
            yield number

    hungry, patient = prefetched(slow()), prefetched(slow())
    for _ in hungry:
        pass
    for _ in patient:
        time.sleep(0.08)
    assert hungry.share_waiting > 0.8
    assert patient.share_waiting < 0.4
    assert patient.share_waiting == patient.share_waiting  # it stands still at the end


@pytest.mark.parametrize(
    "leave", [lambda batches: batches.close(), lambda batches: None], ids=["closed", "let go"]
)
def test_the_thread_ends_when_nobody_listens(leave):
    before = threading.active_count()
    batches = prefetched(iter(range(10**9)))
    next(batches)
    leave(batches)
    del batches
    gc.collect()
    for _ in range(40):
        if threading.active_count() <= before:
            return
        time.sleep(0.05)
    raise AssertionError("the thread still runs")


def test_ahead_is_at_least_one():
    with pytest.raises(OptionError):
        prefetched([], ahead=0)
