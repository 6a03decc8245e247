import numpy as np

from shelfspace.tasks.search.judged import Judged


def test_gains_and_ideal_of_ranked_rows():
    judged = Judged.of(["a", "b", "c"], [np.array([3, 5]), np.array([1]), np.zeros(0, np.int64)])
    assert judged.gains(np.array([[5, 0], [2, 1], [-1, 0]])).tolist() == [[1, 0], [0, 1], [0, 0]]
    assert judged.ideal(3).tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_a_part_keeps_what_belongs_together():
    judged = Judged.of(["a", "b"], [np.array([3, 5]), np.array([1])], own=np.array([7, 8]))
    part = judged.take(np.array([1, 0]))
    assert list(part.texts) == ["b", "a"]
    assert part.items.tolist() == [1, 3, 5]
    assert part.own.tolist() == [8, 7]
    assert len(judged.take(np.zeros(0, np.int64))) == 0
