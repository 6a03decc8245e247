import numpy as np
import pytest

from shelfspace.data.accounts import Accounts, once
from shelfspace.errors import FeedError


def accounts(**changed):
    fields = {
        "ids": ("a", "b", "c"),
        "columns": ("x",),
        "features": np.zeros((3, 1)),
        "edges": np.array([[1, 0], [0, 1], [2, 2]]),
        "labels": np.array([1, 0, -1]),
    }
    return Accounts(**(fields | changed))


def test_edges_are_kept_once_without_loops():
    assert accounts().edges.tolist() == [[0, 1]]
    assert once(np.array([[2, 1], [0, 2], [1, 2]]), 3).tolist() == [[0, 2], [1, 2]]
    assert once(np.zeros((0, 2), np.int64), 0).shape == (0, 2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"features": np.zeros((2, 1))}, "3 accounts have features"),
        ({"ids": ("a", "b", "a")}, "a stands twice"),
        ({"features": np.array([[0.0], [np.nan], [1.0]])}, "missing or infinite"),
        ({"edges": np.array([[0, 3]])}, "of 3 accounts"),
        ({"labels": np.array([1, 0, 2])}, r"labels are \[0, 1, 2\]"),
    ],
)
def test_what_does_not_fit_is_refused(changed, words):
    with pytest.raises(FeedError, match=words):
        accounts(**changed)


def test_no_account_is_fine():
    none = Accounts((), ("x",), np.zeros((0, 1)), np.zeros((0, 2), np.int64), np.zeros(0, np.int64))
    assert len(none) == 0
