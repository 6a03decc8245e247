import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.queue import Queue, push


def rows(*numbers):
    return torch.tensor([[float(number), 0.0] for number in numbers])


def held(queue):
    return sorted(queue.held[:, 0].tolist())


@pytest.mark.parametrize(
    ("pushes", "expected"),
    [
        ([], []),
        ([[1, 2]], [1, 2]),
        ([[1, 2], [3, 4]], [2, 3, 4]),
        ([[1, 2, 3], [4]], [2, 3, 4]),
        ([[1], [2], [3], [4], [5], [6], [7]], [5, 6, 7]),
        ([[1, 2, 3, 4, 5]], [3, 4, 5]),
        ([[1, 2], [3, 4, 5, 6, 7], [8]], [6, 7, 8]),
        ([[1, 2], []], [1, 2]),
    ],
)
def test_the_newest_stay(pushes, expected):
    queue = Queue.empty(3, 2)
    for numbers in pushes:
        queue = push(queue, rows(*numbers).reshape(-1, 2))
    assert held(queue) == expected


def test_pushing_changes_nothing_and_cuts_gradients():
    queue = push(Queue.empty(3, 2), rows(1))
    vectors = rows(2, 3, 4).requires_grad_()
    after = push(queue, vectors)
    assert held(queue) == [1]
    assert not after.vectors.requires_grad


def test_another_width_or_no_room_is_refused():
    with pytest.raises(OptionError):
        push(Queue.empty(3, 2), torch.ones(1, 3))
    with pytest.raises(OptionError):
        Queue.empty(0, 2)
